import type { Row } from '../report/row.ts';
import { type RowCells, rowCells } from '../report/rowCells.ts';

/** The headings of a row's two figures. */
export type Headings = readonly [figure: string, other: string];

/** A table of Markdown with the first column aligned left, the others right. */
export function markdownTable(headings: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = headings.map((_heading, index) => (index === 0 ? '---' : '---:'));
  return [headings, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rows of the report, without the columns that are empty in all of them. */
export function rowsTable(rows: readonly Row[], [figure, other]: Headings): string {
  const columns: readonly (readonly [heading: string, cell: (cells: RowCells) => string])[] = [
    ['', ({ name }) => name.trim()],
    [figure, (cells) => cells.figure],
    [other, (cells) => cells.other],
    ['ratio', ({ ratio }) => ratio],
    ['must be', ({ limit }) => limit],
    ['', ({ holds }) => (holds === 'does not hold' ? `**${holds}**` : holds)],
  ];
  const cells = rows.map(rowCells);
  const filled = columns.filter(([, cell], index) => index === 0 || cells.some((row) => cell(row) !== ''));
  return markdownTable(
    filled.map(([heading]) => heading),
    cells.map((row) => filled.map(([, cell]) => cell(row))),
  );
}
