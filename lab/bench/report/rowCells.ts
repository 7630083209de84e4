import type { Limit } from './limit.ts';
import type { Row } from './row.ts';

/** A row in words. A cell that the row has nothing for is empty. */
export interface RowCells {
  readonly name: string;
  readonly figure: string;
  readonly other: string;
  readonly ratio: string;
  readonly limit: string;
  readonly holds: string;
}

export function rowCells({ name, receiver, other, digits, ratio, limit, holds }: Row): RowCells {
  return {
    name,
    figure: formatFigure(receiver, digits),
    other: other === undefined ? '' : formatFigure(other, digits),
    ratio: ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    limit: limit === undefined ? '' : formatLimit(limit),
    holds: holds === undefined ? '' : holds ? 'holds' : 'does not hold',
  };
}

/** An infinite time means that it never happened. */
function formatFigure(figure: number, digits: number): string {
  return Number.isFinite(figure) ? figure.toFixed(digits) : 'never';
}

/** A limit such as `≤ 0.55 ×`. */
function formatLimit({ of, bound, value }: Limit): string {
  return `${bound === 'below' ? '<' : '≤'} ${value}${of === 'ratio' ? ' ×' : ''}`;
}
