import { formatTable } from '../../formatTable.ts';
import type { PlanStep } from './planStep.ts';

/** A field that differs, with what the one system or the other has. */
interface ShownDifference {
  readonly field: string;
  readonly atSegment?: string;
  readonly atSendGrid?: string;
  readonly wanted: string;
}

type ShownStep = PlanStep<unknown, ShownDifference>;

/** A plan as a table: what is created, changed or kept, and which fields change. */
export function formatPlan(steps: readonly ShownStep[]): string {
  const details = steps.flatMap(({ what, details: lines = [] }) => section(what, lines));
  return [tableOf(steps), ...details].join('\n');
}

/** What differs: as a table, and field by field with both values; of a secret, only that it differs. */
export function formatDrift(steps: readonly ShownStep[]): string {
  const details = steps.flatMap(({ what, differences = [] }) =>
    section(
      what,
      differences.flatMap(({ field, atSegment, atSendGrid, wanted }) => {
        const found = atSendGrid === undefined ? `at Segment: ${atSegment}` : `at SendGrid: ${atSendGrid}`;
        return [
          `${field} ${found}`,
          `${'wanted: '.padStart(field.length + 1 + found.indexOf(': ') + 2)}${wanted}`,
        ];
      }),
    ),
  );
  return [tableOf(steps), ...details].join('\n');
}

/** A plan for programs, without the request bodies: they hold secrets. */
export function planDocument(steps: readonly ShownStep[]): readonly object[] {
  return steps.map(({ action, what, changes, differences, details }) => ({
    action,
    what,
    changes,
    differences,
    details,
  }));
}

function tableOf(steps: readonly ShownStep[]): string {
  const rows = steps.map(({ action, what, changes }) => [action, what, changes.join(', ')]);
  return formatTable([{ heading: 'action' }, { heading: 'what' }, { heading: 'changes' }], rows);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`];
}
