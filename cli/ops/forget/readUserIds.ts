import { readFile } from 'node:fs/promises';
import { OperatorError } from '../operatorError.ts';

/**
 * Reads a file of user ids, one a line.
 *
 * @throws OperatorError if it cannot be read
 */
export async function readUserIds(file: string): Promise<readonly string[]> {
  try {
    const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim());
    return lines.filter((line) => line !== '');
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: give a text file with one user id a line.`, {
      cause: error,
    });
  }
}
