import type { Limit } from './limit.ts';
import type { Row } from './row.ts';

const headings = ['', 'receiver', 'baseline', 'ratio', 'must be', ''];

/** The rows as a table of at most 100 columns. */
export function formatTable(rows: readonly Row[]): string {
  const cells = [headings, ...rows.map(cellsOf)];
  const widths = headings.map((_heading, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Figures to the right, words to the left. */
function pad(cell: string, width: number, column: number): string {
  return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width);
}

function cellsOf(row: Row): readonly string[] {
  return [
    row.name,
    formatFigure(row.receiver, row.digits),
    row.other === undefined ? '' : formatFigure(row.other, row.digits),
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)} ×`,
    row.limit === undefined ? '' : formatLimit(row.limit),
    row.holds === undefined ? '' : row.holds ? 'holds' : 'does not hold',
  ];
}

/** An infinite time is that of what never happened. */
function formatFigure(figure: number, digits: number): string {
  return Number.isFinite(figure) ? figure.toFixed(digits) : 'never';
}

function formatLimit({ of, bound, value }: Limit): string {
  return `${bound === 'below' ? '<' : '≤'} ${value}${of === 'ratio' ? ' ×' : ''}`;
}
