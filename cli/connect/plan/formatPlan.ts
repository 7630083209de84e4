import { formatTable } from '../../formatTable.ts';
import type { Step } from './planConnection.ts';

/** A plan as a table: what is created, changed or kept, and which fields change. */
export function formatPlan(steps: readonly Step[]): string {
  const details = steps.flatMap(({ what, details: lines = [] }) => section(what, lines));
  return [tableOf(steps), ...details].join('\n');
}

/** What differs: as a table, and field by field with both values; of a secret, only that it differs. */
export function formatDrift(steps: readonly Step[]): string {
  const details = steps.flatMap(({ what, differences = [] }) =>
    section(
      what,
      differences.flatMap(({ field, atSegment, wanted }) => [
        `${field} at Segment: ${atSegment}`,
        `${' '.repeat(field.length)}     wanted: ${wanted}`,
      ]),
    ),
  );
  return [tableOf(steps), ...details].join('\n');
}

/** A plan for programs, without the request bodies: they hold secrets. */
export function planDocument(steps: readonly Step[]): readonly object[] {
  return steps.map(({ action, what, changes, differences, details }) => ({
    action,
    what,
    changes,
    differences,
    details,
  }));
}

function tableOf(steps: readonly Step[]): string {
  const rows = steps.map(({ action, what, changes }) => [action, what, changes.join(', ')]);
  return formatTable([{ heading: 'action' }, { heading: 'what' }, { heading: 'changes' }], rows);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`];
}
