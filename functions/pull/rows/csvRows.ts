import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Row } from '../../pulls/pull.ts';
import { FileUnreadableError } from './fileErrors.ts';
import { flowInto } from './readRows.ts';

/** A row that is longer is not a row: without a bound, one quote that never closes would fill the memory. */
const maxRowBytes = 1_048_576;

/**
 * Reads the rows of CSV (RFC 4180) as a stream. The first row has the names of the columns; a row may have fewer or more
 * values than those.
 *
 * @throws FileUnreadableError for what is not CSV, with the line
 */
export async function* csvRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    columns: true,
    max_record_size: maxRowBytes,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  try {
    yield* flowInto(Readable.from(bytes, { objectMode: false }), parser) as AsyncIterable<Row>;
  } catch (error) {
    if (error instanceof CsvError) {
      // The parser's own sentence quotes the file.
      throw new FileUnreadableError(`The file is not CSV near its line ${error.lines ?? 1} (${error.code})`);
    }
    throw error;
  }
}
