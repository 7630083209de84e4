import { formatTable as formatCells } from '../../../cli/formatTable.ts';
import type { Limit } from './limit.ts';
import type { Row } from './row.ts';

const columns = [
  { heading: '' },
  { heading: 'receiver', align: 'right' },
  { heading: 'baseline', align: 'right' },
  { heading: 'ratio', align: 'right' },
  { heading: 'must be' },
  { heading: '' },
] as const;

/** The rows as a table of at most 100 columns. */
export function formatTable(rows: readonly Row[]): string {
  return formatCells(columns, rows.map(cellsOf));
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
export function formatFigure(figure: number, digits: number): string {
  return Number.isFinite(figure) ? figure.toFixed(digits) : 'never';
}

/** A limit as `≤ 0.55 ×`. */
export function formatLimit({ of, bound, value }: Limit): string {
  return `${bound === 'below' ? '<' : '≤'} ${value}${of === 'ratio' ? ' ×' : ''}`;
}
