import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './runCommand.ts';

/** The newest of the oldest major version that the package supports. */
const oldestSupported = '22.23.3';

/** Installs that Node.js into a directory. @returns the path of the executable */
export async function installOldestNode(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const content = { private: true, dependencies: { node: oldestSupported }, allowScripts: { node: true } };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(content));
  await runCommand('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: directory });
  const node = join(directory, 'node_modules/.bin/node');
  await runCommand(node, ['--version'], { cwd: directory });
  return node;
}
