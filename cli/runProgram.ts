import type { Command } from 'commander';
import { TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { InvalidEventsError } from '../local/segment/readEvents.ts';

/** Errors of the user's making: their message says it all. */
const expected = [TriggersFileError, InvalidEventsError];

/** Runs a command-line program; an error that the user can mend is one line, and exit code 1. */
export async function runProgram(program: Command): Promise<void> {
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
