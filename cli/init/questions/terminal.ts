import { createInterface } from 'node:readline/promises';
import { InitError } from '../initError.ts';

/** Asks a question until the answer can be used. */
export type Ask = <Answer>(question: Question<Answer>) => Promise<Answer>;

/** A question with an answer that Enter takes. */
export interface Question<Answer> {
  readonly text: string;
  readonly usual: string;
  /** @throws InitError with what is wrong with an answer */
  readonly read: (answer: string) => Answer;
}

/**
 * Asks questions on the terminal. Node's own `readline` is enough for a handful of lines that also work without colors.
 *
 * @throws InitError if the input ends, as with Ctrl-C
 */
export async function onTerminal<Answers>(questions: (ask: Ask) => Promise<Answers>): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  const ask: Ask = async ({ text, usual, read }) => {
    for (;;) {
      const given = (await terminal.question(`${text} [${usual}]: `, { signal: ended.signal })).trim();
      try {
        return read(given === '' ? usual : given);
      } catch (error) {
        if (!(error instanceof InitError)) {
          throw error;
        }
        console.log(error.message);
      }
    }
  };
  try {
    return await questions(ask);
  } catch (error) {
    throw ended.signal.aborted ? new InitError('\nNothing was written.', { cause: error }) : error;
  } finally {
    terminal.close();
  }
}
