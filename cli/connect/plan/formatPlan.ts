import { formatTable } from '../../formatTable.ts';
import type { Step } from './planConnection.ts';

/** A plan as a table: what is created, changed, kept, and which fields are concerned. */
export function formatPlan(steps: readonly Step[]): string {
  const rows = steps.map(({ action, what, changes }) => [action, what, changes.join(', ')]);
  const details = steps.flatMap(({ what, details: lines = [] }) =>
    lines.length === 0 ? [] : [`\n${what}\n${lines.map((line) => `  ${line}`).join('\n')}`],
  );
  return [formatTable([{ heading: '' }, { heading: '' }, { heading: '' }], rows), ...details].join('\n');
}

/** The same for programs, without what would be sent: it holds secrets. */
export function planDocument(steps: readonly Step[]): readonly object[] {
  return steps.map(({ action, what, changes, details }) => ({ action, what, changes, details }));
}
