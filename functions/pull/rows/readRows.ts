import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Fold, Row, RowsFile } from '../../pulls/pull.ts';
import { thrownMessage } from '../../triggers/shown.ts';
import { FileUnreadableError } from './fileErrors.ts';
import { jsonRows } from './jsonRows.ts';

/** Opens a file as a stream of its bytes. */
export type OpenFile = (from: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** Reads the rows of CSV: the first one has the names of the columns. */
export type CsvRows = (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Row>;

/** Reads a file and folds its rows. */
export type RowsReader = (file: RowsFile, fold: Fold, signal: AbortSignal) => Promise<FoldedRows>;

export interface FoldedRows {
  readonly value: unknown;
  /** Rows that the fold was given. */
  readonly rows: number;
}

/**
 * Puts together the reader of files: it opens, gunzips, parses and folds as a stream, in memory that does not grow with the
 * file.
 */
export function rowsReader(open: OpenFile, csvRows: CsvRows): RowsReader {
  return async ({ from, format, skip = 0, take = Number.POSITIVE_INFINITY }, fold, signal) => {
    const read = format === 'csv' ? csvRows : jsonRows;
    let gathered = byFold('The file cannot be folded', () => fold.start());
    let index = 0;
    for await (const row of rowsOf([from].flat(), (part) => open(part, signal), read)) {
      if (index >= skip) {
        const before = gathered;
        gathered = byFold('A row cannot be folded', () => fold.row(before, row));
      }
      index += 1;
      if (index >= skip + take) {
        break;
      }
      signal.throwIfAborted();
    }
    return {
      value: byFold('The rows of the file cannot be used', () => fold.end(gathered)),
      rows: Math.max(0, index - skip),
    };
  };
}

/** The rows of all parts of a file. A part is opened when the ones before it are read. */
async function* rowsOf(
  parts: readonly string[],
  open: (part: string) => Promise<AsyncIterable<Uint8Array>>,
  read: CsvRows,
): AsyncGenerator<Row> {
  for (const part of parts) {
    yield* read(gunzipped(await open(part)));
  }
}

/** The fold of a user may throw anything, and is to blame itself. */
function byFold(problem: string, fold: () => unknown): unknown {
  try {
    return fold();
  } catch (thrown) {
    throw new FileUnreadableError(`${problem}: ${thrownMessage(thrown)}`);
  }
}

/** The bytes of a file that may be compressed: SendGrid's exports are, and say so nowhere. */
async function* gunzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = bytes[Symbol.asyncIterator]();
  const { head, isOver } = await firstBytes(chunks);
  const whole = joined(head, isOver ? undefined : chunks);
  if (head[0] === 0x1f && head[1] === 0x8b) {
    yield* flowInto(Readable.from(whole), createGunzip()) as AsyncIterable<Uint8Array>;
  } else {
    yield* whole;
  }
}

/** Each of two streams ends with the other one, whether it fails or is not read to its end. */
export function flowInto(from: Readable, into: Transform): Transform {
  // Whoever reads `into` is given the error.
  pipeline(from, into, () => undefined);
  return into;
}

async function firstBytes(
  chunks: AsyncIterator<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly isOver: boolean }> {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done === true) {
      return { head, isOver: true };
    }
    head = Buffer.concat([head, value]);
  }
  return { head, isOver: false };
}

async function* joined(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) {
    yield head;
  }
  if (rest !== undefined) {
    yield* { [Symbol.asyncIterator]: () => rest };
  }
}
