import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import type { Row } from '../../pulls/pull.ts';
import { FileUnreadableError } from './fileErrors.ts';
import { flowInto } from './gunzipped.ts';
import type { CsvReading, PlacedRow } from './placedRow.ts';

/** A row that is longer is not a row: without a bound, one quote that never closes would fill the memory. */
const maxRowBytes = 1_048_576;

/**
 * Reads the rows of CSV (RFC 4180) as a stream. The first row has the names of the columns, if they are not given; a row may
 * have fewer or more values than those.
 *
 * @throws FileUnreadableError for what is not CSV, with the line
 */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  { columns, onColumns, needsEnds }: CsvReading,
): AsyncGenerator<PlacedRow> {
  const parser = parse({
    bom: true,
    columns:
      columns === undefined
        ? (names: string[]): string[] => {
            onColumns(names);
            return names;
          }
        : [...columns],
    info: needsEnds,
    max_record_size: maxRowBytes,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  try {
    const found = flowInto(Readable.from(bytes, { objectMode: false }), parser);
    if (needsEnds) {
      for await (const { record, info } of found as AsyncIterable<{ record: Row; info: Info }>) {
        yield { row: record, end: info.bytes };
      }
    } else {
      for await (const row of found as AsyncIterable<Row>) {
        yield { row, end: 0 };
      }
    }
  } catch (error) {
    if (error instanceof CsvError) {
      // The parser's own sentence quotes the file.
      const where = columns === undefined ? 'its line' : 'where this step reads, line';
      throw new FileUnreadableError(`The file is not CSV near ${where} ${error.lines ?? 1} (${error.code})`);
    }
    throw error;
  }
}
