import type { Fold, Row, RowsFile, RowsPlace } from '../../pulls/pull.ts';
import { thrownMessage } from '../../triggers/shown.ts';
import { FileUnreadableError } from './fileErrors.ts';
import { gunzip, gunzipped, type Unpacked } from './gunzipped.ts';
import { jsonRows } from './jsonRows.ts';
import { bytesAfter, type OpenFile } from './openedFile.ts';
import type { CsvRows } from './placedRow.ts';

/** Reads a file and folds its rows. */
export type RowsReader = (file: RowsFile, fold: Fold, signal: AbortSignal) => Promise<FoldedRows>;

export interface FoldedRows {
  readonly value: unknown;
  /** Rows that the fold was given. */
  readonly rows: number;
  /** Where there are more rows than were to be read. */
  readonly place?: RowsPlace | undefined;
}

/**
 * Puts together the reader of files: it opens, gunzips, parses and folds as a stream, in memory that does not grow with the
 * file. Where a reading stopped, another one goes on: from that byte, or for gzip by unpacking what is before it.
 */
export function rowsReader(open: OpenFile, csvRows: CsvRows): RowsReader {
  return async (file, fold, signal) => {
    const { take = Number.POSITIVE_INFINITY } = file;
    let gathered = byFold('The file cannot be folded', () => fold.start());
    let rows = 0;
    let place: RowsPlace | undefined;
    for await (const { row, placeBefore } of placedRows(file, open, csvRows, signal)) {
      if (rows >= take) {
        place = placeBefore();
        break;
      }
      const before = gathered;
      gathered = byFold('A row cannot be folded', () => fold.row(before, row));
      rows += 1;
      signal.throwIfAborted();
    }
    return { value: byFold('The rows of the file cannot be used', () => fold.end(gathered)), rows, place };
  };
}

interface FoundRow {
  readonly row: Row;
  readonly placeBefore: () => RowsPlace;
}

/** The rows of all parts of a file, from where an earlier reading stopped. A part is opened when the ones before it are read. */
async function* placedRows(
  { from, format, after, take }: RowsFile,
  open: OpenFile,
  csvRows: CsvRows,
  signal: AbortSignal,
): AsyncGenerator<FoundRow> {
  const first = after?.part ?? 0;
  for (const [index, name] of [from].flat().slice(first).entries()) {
    const part = first + index;
    const start = index === 0 ? after : undefined;
    const { bytes, isGzip, version } = await openPart(name, start, open, signal);
    let columns = start?.columns;
    let end = 0;
    const begin: RowsPlace = { part, byte: start?.byte ?? 0, isGzip, version, columns };
    const placeBefore = (): RowsPlace => (end === 0 ? begin : { ...begin, byte: begin.byte + end, columns });
    const onColumns = (names: readonly string[]): void => {
      columns = names;
    };
    const rows =
      format === 'csv'
        ? csvRows(bytes, { columns, onColumns, needsEnds: take !== undefined })
        : jsonRows(bytes, begin.byte === 0);
    for await (const placed of rows) {
      yield { row: placed.row, placeBefore };
      end = placed.end;
    }
  }
}

interface OpenedPart extends Unpacked {
  readonly version: string | undefined;
}

async function openPart(
  from: string,
  start: RowsPlace | undefined,
  open: OpenFile,
  signal: AbortSignal,
): Promise<OpenedPart> {
  if (start === undefined) {
    const { bytes, version } = await open(from, signal);
    return { ...(await gunzipped(bytes)), version };
  }
  const { byte, isGzip } = start;
  // Gzip can be unpacked from its beginning only.
  const { bytes, version } = await open(from, signal, { ...start, byte: isGzip ? 0 : byte });
  return { bytes: isGzip ? bytesAfter(gunzip(bytes), byte) : bytes, isGzip, version };
}

/** The fold of a user may throw anything, and is to blame itself. */
function byFold(problem: string, fold: () => unknown): unknown {
  try {
    return fold();
  } catch (thrown) {
    throw new FileUnreadableError(`${problem}: ${thrownMessage(thrown)}`);
  }
}
