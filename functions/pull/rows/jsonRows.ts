import type { Row } from '../../pulls/pull.ts';
import { isPlainObject } from '../../sources/segment/event.ts';
import { FileUnreadableError } from './fileErrors.ts';

/** A line that is longer is not a row: without a bound, a file without line ends would fill the memory. */
const maxLineCharacters = 1_048_576;

/**
 * Reads the rows of NDJSON: one JSON object a line. Empty lines are passed over.
 *
 * @throws FileUnreadableError for a line that is not an object, with its number
 */
export async function* jsonRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of linesOf(bytes)) {
    number += 1;
    if (line.trim() !== '') {
      yield rowOf(line, number);
    }
  }
}

function rowOf(line: string, number: number): Row {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    // The error of JSON.parse quotes the line, which may have personal data.
  }
  if (!isPlainObject(row)) {
    throw new FileUnreadableError(`Line ${number} of the file is not a JSON object`);
  }
  return row;
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineCharacters) {
      throw new FileUnreadableError('The file has a line of more than 1,048,576 characters');
    }
    yield* lines;
  }
  yield rest + decoder.decode();
}
