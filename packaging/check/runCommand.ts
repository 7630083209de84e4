import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { CheckError } from './checkError.ts';

/** A command, and where it runs. */
export interface CommandOptions {
  readonly cwd: string;
  /** Beside the variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a command has written. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** The end of an output says what went wrong. */
const shownLines = 25;

/**
 * Runs a command to its end.
 *
 * @throws CheckError with the end of its output if its exit code is not 0
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: CommandOptions,
): Promise<CommandOutput> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`exit code ${code ?? signal}`));
  });
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (end !== 'exit code 0') {
    const shown = `${stdout}\n${stderr}`.trim().split('\n').slice(-shownLines).join('\n');
    throw new CheckError(`"${[command, ...args].join(' ')}" ends with ${end} in ${cwd}:\n${shown}`);
  }
  return { stdout, stderr };
}
