import { formatFigure, formatLimit } from '../report/formatTable.ts';
import type { Row } from '../report/row.ts';

/** What the two figures of a row are. */
export type Headings = readonly [figure: string, other: string];

/** Cells as a table of Markdown; the first column to the left, the others to the right. */
export function markdownTable(headings: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = headings.map((_heading, index) => (index === 0 ? '---' : '---:'));
  return [headings, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rows of the report; columns that none of them fills are left away. */
export function rowsTable(rows: readonly Row[], [figure, other]: Headings): string {
  const columns: readonly (readonly [heading: string, cell: (row: Row) => string])[] = [
    ['', ({ name }) => name.trim()],
    [figure, ({ receiver, digits }) => formatFigure(receiver, digits)],
    [other, (row) => (row.other === undefined ? '' : formatFigure(row.other, row.digits))],
    ['ratio', ({ ratio }) => (ratio === undefined ? '' : `${ratio.toFixed(2)} ×`)],
    ['must be', ({ limit }) => (limit === undefined ? '' : formatLimit(limit))],
    ['', ({ holds }) => (holds === undefined ? '' : holds ? 'holds' : '**does not hold**')],
  ];
  const filled = columns.filter(([, cell], index) => index === 0 || rows.some((row) => cell(row) !== ''));
  return markdownTable(
    filled.map(([heading]) => heading),
    rows.map((row) => filled.map(([, cell]) => cell(row))),
  );
}
