import { formatTable } from '../../../cli/formatTable.ts';
import type { Row } from './row.ts';
import { rowCells } from './rowCells.ts';

/** The rows as a table of at most 100 columns. */
export function reportTable(rows: readonly Row[]): string {
  return formatTable(
    [
      { heading: '' },
      { heading: 'receiver', align: 'right' },
      { heading: 'baseline', align: 'right' },
      { heading: 'ratio', align: 'right' },
      { heading: 'must be' },
      { heading: '' },
    ],
    rows.map((row) => {
      const { name, figure, other, ratio, limit, holds } = rowCells(row);
      return [name, figure, other, ratio, limit, holds];
    }),
  );
}
