/** A column of a table: its heading and alignment. */
export interface Column {
  readonly heading: string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

/**
 * Formats rows of cells: each column is as wide as its widest cell, with two spaces between columns. If all headings
 * are empty, there is no heading line.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const headings = columns.map(({ heading }) => heading);
  const lines = headings.some((heading) => heading !== '') ? [headings, ...rows] : rows;
  const widths = columns.map((_column, index) =>
    Math.max(...lines.map((line) => (line[index] ?? '').length)),
  );
  const padded = (cell: string, index: number): string =>
    columns[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0);
  return lines.map((line) => line.map(padded).join('  ').trimEnd()).join('\n');
}
