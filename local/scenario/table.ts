import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { Observation } from './observation.ts';

const columnWidth = 10;

type Column =
  | 'received'
  | 'queued'
  | 'duplicate'
  | 'ignored'
  | 'refused'
  | 'skipped'
  | 'called'
  | 'answered'
  | 'credits';
type Row = Readonly<Partial<Record<Column, number>>>;

/**
 * A table of the observed totals, with a row for each trigger. A trigger that follows another receives no events. The column
 * `skipped` is there if runs were skipped.
 */
export function table(observed: Observation, triggers: readonly Trigger[]): string {
  const { totals } = observed;
  const sum = (member: 'skipped' | 'called' | 'answered' | 'creditsUsed'): number =>
    triggers.reduce((total, { name }) => total + observed.of(name)[member], 0);
  const skipped = sum('skipped');
  const columns: readonly Column[] = [
    'received',
    'queued',
    'duplicate',
    'ignored',
    'refused',
    ...(skipped > 0 ? (['skipped'] as const) : []),
    'called',
    'answered',
    'credits',
  ];
  const labels = ['not an event', 'forged or unsigned', ...triggers.map(({ name }) => name)];
  const firstWidth = Math.max(...labels.map((label) => label.length)) + 2;
  const line = (label: string, row: Row): string =>
    label.padEnd(firstWidth) + columns.map((column) => cell(row[column])).join('');
  return [
    `${'trigger'.padEnd(firstWidth)}${columns.map((name) => name.padStart(columnWidth)).join('')}`,
    ...triggers.map((trigger) => line(trigger.name, rowOf(observed, trigger))),
    line('no trigger', { received: totals.ignored, ignored: totals.ignored }),
    line('not an event', { received: totals.invalid, ignored: totals.invalid }),
    line('forged or unsigned', { received: totals.refused, refused: totals.refused }),
    line('all events', {
      received: totals.received,
      queued: totals.queued,
      duplicate: totals.duplicates,
      ignored: totals.ignored + totals.invalid,
      refused: totals.refused,
      skipped,
      called: sum('called'),
      answered: sum('answered'),
      credits: sum('creditsUsed'),
    }),
  ].join('\n');
}

function rowOf(observed: Observation, { name, after, only }: Trigger): Row {
  const { queued, duplicates, skipped, called, answered, creditsUsed: credits } = observed.of(name);
  const events = { received: queued + duplicates, queued, duplicate: duplicates };
  return {
    ...(after === undefined ? events : {}),
    ...(skipped > 0 || only !== undefined ? { skipped } : {}),
    called,
    answered,
    credits,
  };
}

function cell(value: number | undefined): string {
  return (value === undefined ? '' : value.toLocaleString('en')).padStart(columnWidth);
}
