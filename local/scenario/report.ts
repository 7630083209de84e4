import type { MaveraSimulator } from '../../simulators/mavera/simulator.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import type { Expectation } from './expectation.ts';
import type { Observation } from './observation.ts';

const columns = [
  'received',
  'queued',
  'duplicate',
  'ignored',
  'refused',
  'called',
  'answered',
  'credits',
] as const;
const columnWidth = 10;

type Row = Readonly<Partial<Record<(typeof columns)[number], number>>>;

/** A table of the observed totals, with a row for each trigger. */
export function table(observed: Observation, triggers: readonly string[]): string {
  const { totals } = observed;
  const firstWidth = Math.max(...[...triggers, 'not a Segment event'].map((name) => name.length)) + 2;
  const line = (name: string, row: Row): string =>
    name.padEnd(firstWidth) + columns.map((column) => cell(row[column])).join('');
  const rows = triggers.map((name) => {
    const { queued, duplicates, called, answered, creditsUsed } = observed.of(name);
    const received = queued + duplicates;
    return line(name, { received, queued, duplicate: duplicates, called, answered, credits: creditsUsed });
  });
  const sum = (member: 'called' | 'answered' | 'creditsUsed'): number =>
    triggers.reduce((total, name) => total + observed.of(name)[member], 0);
  return [
    firstWidth > 0
      ? `${'trigger'.padEnd(firstWidth)}${columns.map((name) => name.padStart(columnWidth)).join('')}`
      : '',
    ...rows,
    line('no trigger', { received: totals.ignored, ignored: totals.ignored }),
    line('not a Segment event', { received: totals.invalid, ignored: totals.invalid }),
    line('forged or unsigned', { received: totals.refused, refused: totals.refused }),
    line('all events', {
      received: totals.received,
      queued: totals.queued,
      duplicate: totals.duplicates,
      ignored: totals.ignored + totals.invalid,
      refused: totals.refused,
      called: sum('called'),
      answered: sum('answered'),
      credits: sum('creditsUsed'),
    }),
  ].join('\n');
}

function cell(value: number | undefined): string {
  return (value === undefined ? '' : value.toLocaleString('en')).padStart(columnWidth);
}

/**
 * The differences between observed and expected totals; empty when all is as expected. A parked run is expected to have no
 * answer yet.
 */
export function differences(
  observed: Observation,
  expected: Expectation,
  parked: readonly ParkedCount[],
  mavera: MaveraSimulator | undefined,
): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, actual: number, wanted: number): void => {
    if (actual !== wanted) {
      found.push(`${what}: ${actual}, expected ${wanted}`);
    }
  };
  const parkedOf = (trigger: string): number =>
    parked.reduce((sum, one) => (one.trigger === trigger ? sum + one.count : sum), 0);
  for (const [name, wanted] of Object.entries(expected.totals)) {
    compare(`events ${name}`, observed.totals[name as keyof typeof observed.totals], wanted);
  }
  for (const [name, { queued, duplicates }] of expected.byTrigger) {
    const actual = observed.of(name);
    compare(`${name}: queued`, actual.queued, queued);
    compare(`${name}: duplicates`, actual.duplicates, duplicates);
    compare(`${name}: answered by Mavera`, actual.answered, queued - parkedOf(name));
    compare(`${name}: failed`, actual.failed, 0);
  }
  if (mavera !== undefined) {
    const runs = [...expected.byTrigger].reduce(
      (sum, [name, { queued }]) => sum + queued - parkedOf(name),
      0,
    );
    const answered = mavera.calls().filter(({ method, status = 0 }) => method === 'POST' && status < 300);
    compare('work done at Mavera', answered.length, runs);
  }
  return found;
}
