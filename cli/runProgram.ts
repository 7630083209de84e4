import type { Command } from 'commander';

/** A class of errors of the user's making: their message says it all. */
export type ExpectedError = new (...args: never[]) => Error;

/**
 * Runs a command-line program; an error that the user can mend is one line, and exit code 1.
 *
 * @param expected the classes of such errors
 */
export async function runProgram(program: Command, expected: readonly ExpectedError[]): Promise<void> {
  // Whoever reads the output may have enough of it: `… | head`.
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
