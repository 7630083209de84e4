import type { Row } from '../../pulls/pull.ts';

/** A row, and where it ends. */
export interface PlacedRow {
  readonly row: Row;
  /** Bytes from where the reading began to the end of the row. */
  readonly end: number;
}

/** How the rows of CSV are read. */
export interface CsvReading {
  /** The names of the columns, when the reading does not begin with them. */
  readonly columns?: readonly string[] | undefined;
  /** Called with the names in the first row. */
  readonly onColumns: (columns: readonly string[]) => void;
  /** Whether the ends of rows are needed: they cost time. Otherwise they are 0. */
  readonly needsEnds: boolean;
}

/** Reads the rows of CSV. */
export type CsvRows = (bytes: AsyncIterable<Uint8Array>, reading: CsvReading) => AsyncIterable<PlacedRow>;
