import { createInterface } from 'node:readline/promises';
import { ConnectError } from '../connectError.ts';

/**
 * Asks before credits are spent.
 *
 * @throws ConnectError if the answer is not yes, and if nobody can answer
 */
export async function confirmSpending(question: string, isAgreed: boolean): Promise<void> {
  if (isAgreed) {
    return;
  }
  if (!process.stdin.isTTY) {
    throw new ConnectError(
      `${question} Nobody can answer here, so nothing was called. Add --yes if you agree.`,
    );
  }
  // Standard output holds the result.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [yes/no] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new ConnectError('Nothing was called.');
    }
  } finally {
    terminal.close();
  }
}
