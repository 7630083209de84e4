import type { Row } from '../../pulls/pull.ts';
import { isPlainObject } from '../../sources/segment/event.ts';
import { FileUnreadableError } from './fileErrors.ts';
import type { PlacedRow } from './placedRow.ts';

/** A line that is longer is not a row: without a bound, a file without line ends would fill the memory. */
const maxLineBytes = 1_048_576;
const lineEnd = 0x0a;

/**
 * Reads the rows of NDJSON: one JSON object a line. Empty lines are passed over.
 *
 * @param isWhole whether the bytes are those of a file from its beginning: errors then name the line by its number
 * @throws FileUnreadableError for a line that is not an object
 */
export async function* jsonRows(bytes: AsyncIterable<Uint8Array>, isWhole = true): AsyncGenerator<PlacedRow> {
  let number = 0;
  for await (const { line, end } of linesOf(bytes)) {
    number += 1;
    // A byte order mark is white space to `trim`.
    const text = line.toString().trim();
    if (text !== '') {
      const where = isWhole
        ? `Line ${number} of the file`
        : `Line ${number} from where this step reads the file`;
      yield { row: rowOf(text, where), end };
    }
  }
}

function rowOf(line: string, where: string): Row {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    // The error of JSON.parse quotes the line, which may have personal data.
  }
  if (!isPlainObject(row)) {
    throw new FileUnreadableError(`${where} is not a JSON object`);
  }
  return row;
}

/** Lines without their end. They are cut as bytes, so that the end of each is known. */
async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly line: Buffer; readonly end: number }> {
  let rest = Buffer.alloc(0);
  let end = 0;
  for await (const chunk of bytes) {
    const found = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = found.indexOf(lineEnd, rest.length); at !== -1; at = found.indexOf(lineEnd, start)) {
      end += at + 1 - start;
      yield { line: found.subarray(start, at), end };
      start = at + 1;
    }
    rest = found.subarray(start);
    if (rest.length > maxLineBytes) {
      throw new FileUnreadableError('The file has a line of more than 1,048,576 bytes');
    }
  }
  yield { line: rest, end: end + rest.length };
}
