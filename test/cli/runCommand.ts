import { execFile } from 'node:child_process';
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** How a command has ended. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command runs, and with which environment variables. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs the script of a command in a process of its own. @param script absolute path */
export function startCommand(
  script: string,
  args: readonly string[],
  { cwd, env }: Surroundings,
): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Thrown where the command ends its process. */
class ExitError extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

let runs = 0;
let isRunning = false;

/**
 * Runs the script of a command in this process: a process of its own would spend most of its time on loading modules. The
 * script sees its own arguments, variables, directory and output; modules that it imports are loaded once. So what only a
 * process shows (signals, an exit while something is open, lines of a file in an error's stack) needs a test that starts one.
 *
 * @param script absolute path
 */
export async function runHere(
  script: string,
  args: readonly string[],
  { cwd, env }: Surroundings,
): Promise<Result> {
  if (isRunning) {
    throw new Error('Another command runs in this process: wait for its end, or start a process.');
  }
  isRunning = true;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(stdout), text(stderr)]);
  const restore = enter(script, args, { cwd, env }, stdout, stderr);
  let code: number;
  try {
    runs += 1;
    // The number makes the script run again.
    await import(/* @vite-ignore */ `${pathToFileURL(script).href}?run=${runs}`);
    code = Number(process.exitCode ?? 0);
  } catch (error) {
    if (!(error instanceof ExitError)) {
      stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    }
    code = error instanceof ExitError ? error.code : 1;
  } finally {
    restore();
    isRunning = false;
  }
  stdout.end();
  stderr.end();
  const [written, complaints] = await texts;
  return { code, stdout: written, stderr: complaints };
}

/** Replaces what a process has of its own. @returns what takes it back */
function enter(
  script: string,
  args: readonly string[],
  { cwd, env }: Surroundings,
  stdout: PassThrough,
  stderr: PassThrough,
): () => void {
  const before = {
    argv: process.argv,
    cwd: process.cwd(),
    env: process.env,
    exit: process.exit,
    exitCode: process.exitCode,
    console: globalThis.console,
    writeOut: process.stdout.write,
    writeErr: process.stderr.write,
    listeners: process.stdout.listeners('error'),
  };
  process.argv = [process.execPath, script, ...args];
  process.chdir(cwd);
  process.env = { ...env };
  process.exitCode = undefined;
  process.exit = (code) => {
    throw new ExitError(Number(code ?? process.exitCode ?? 0));
  };
  process.stdout.write = stdout.write.bind(stdout) as typeof process.stdout.write;
  process.stderr.write = stderr.write.bind(stderr) as typeof process.stderr.write;
  globalThis.console = new Console(stdout, stderr);
  return () => {
    process.argv = before.argv;
    process.chdir(before.cwd);
    process.env = before.env;
    process.exit = before.exit;
    process.exitCode = before.exitCode;
    process.stdout.write = before.writeOut;
    process.stderr.write = before.writeErr;
    globalThis.console = before.console;
    for (const listener of process.stdout.listeners('error')) {
      if (!before.listeners.includes(listener)) {
        process.stdout.removeListener('error', listener as () => void);
      }
    }
  };
}
