import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { MaveraSimulator } from '../../simulators/mavera/simulator.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import type { Expectation } from './expectation.ts';
import { canTellWanted } from './isWanted.ts';
import type { Observation } from './observation.ts';

/**
 * The differences between observed and expected totals; empty when all is as expected. A parked run is expected to have no
 * answer yet. A trigger that follows another is expected to do a run for each run of that one that is done.
 */
export function differences(
  observed: Observation,
  expected: Expectation,
  triggers: readonly Trigger[],
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
  let expectedWork = 0;
  for (const trigger of triggers) {
    const { name, after } = trigger;
    const actual = observed.of(name);
    const started = expected.byTrigger.get(name);
    const queued = started?.queued ?? observed.of(after?.name ?? '').answered;
    if (started === undefined) {
      compare(`${name}: runs that follow`, actual.runIds.size, queued);
    } else {
      compare(`${name}: queued`, actual.queued, queued);
      compare(`${name}: duplicates`, actual.duplicates, started.duplicates);
    }
    const skipped = canTellWanted(trigger) ? (started?.notWanted ?? 0) : actual.skipped;
    const answered = queued - skipped - parkedOf(name);
    compare(`${name}: skipped`, actual.skipped, skipped);
    compare(`${name}: answered by Mavera`, actual.answered, answered);
    compare(`${name}: failed`, actual.failed, 0);
    expectedWork += answered;
  }
  if (mavera !== undefined) {
    const answered = mavera.calls().filter(({ method, status = 0 }) => method === 'POST' && status < 300);
    compare('work done at Mavera', answered.length, expectedWork);
  }
  return found;
}
