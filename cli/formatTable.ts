/** A column of a table: what stands above it, and the side that its cells are set to. */
export interface Column {
  readonly heading: string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

/**
 * Rows of cells as text: each column as wide as its widest cell, two spaces between them. Without a heading that says
 * anything, there is no line of headings.
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
