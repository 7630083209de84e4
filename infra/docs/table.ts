/** A row of a Markdown table, cell by cell. */
export type Row = readonly string[];

/**
 * Replaces the rows of the table that has these columns.
 *
 * @throws Error if the page does not have exactly one such table
 */
export function withRows(page: string, columns: Row, rows: readonly Row[]): string {
  const header = `${line(columns)}\n|${'---|'.repeat(columns.length)}\n`;
  const [before, after, ...others] = page.split(header);
  if (before === undefined || after === undefined || others.length > 0) {
    throw new Error(
      `The page needs one table with the columns ${columns.join(', ')}, written so:\n${header}`,
    );
  }
  const rest = after.replace(/^(?:\|.*\n)*/, '');
  return `${before}${header}${rows.map((row) => `${line(row)}\n`).join('')}${rest}`;
}

function line(cells: Row): string {
  return `| ${cells.join(' | ')} |`;
}
