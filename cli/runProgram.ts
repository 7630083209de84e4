import type { Command } from 'commander';

/** A class of errors that the user can fix: the message says what to do. */
export type ExpectedError = new (...args: never[]) => Error;

/**
 * Runs a command-line program; an error that the user can fix prints one line and ends with exit code 1.
 *
 * @param expected the classes of such errors
 */
export async function runProgram(program: Command, expected: readonly ExpectedError[]): Promise<void> {
  // The reader may close the pipe early: `… | head`.
  process.stdout.on('error', () => process.exit());
  try {
    await program.parseAsync();
  } catch (error) {
    if (!expected.some((kind) => error instanceof kind)) {
      throw error;
    }
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
