import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs `npm install` in a folder, and shows what it prints. @returns whether it succeeded */
export async function install(folder: string): Promise<boolean> {
  // npx hands its own options down, such as `npm_config_package`: they are not meant for this command.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(config_package|config_call|command|lifecycle_)/.test(name),
    ),
  );
  const child = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    // npm is a script there.
    shell: process.platform === 'win32',
  });
  try {
    const [exitCode] = await once(child, 'close');
    return exitCode === 0;
  } catch {
    // There is no npm, as where another package manager has started this.
    return false;
  }
}
