import { notBeforeLane } from '../../functions/ledger/parkedIndex.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import type { LocalSystem } from '../system.ts';

/** Work that is left counts as stuck when no function has been invoked for so long, and in any case after the longer time. */
const stuckAfterMs = 60_000;
const longestDrainMs = 1_200_000;

/** What is left when no work goes on. */
export interface Drained {
  /** Work that should not be left: one sentence each. */
  readonly left: readonly string[];
  /** Runs that were allowed to stay. */
  readonly parked: readonly ParkedCount[];
}

/** The first run of a collection waits until its time is over, also if the collection is full earlier. */
export function isOfCollection(triggers: readonly Trigger[]): (parked: ParkedCount) => boolean {
  const collecting = triggers.filter(({ collect }) => collect !== undefined);
  const names = new Set(collecting.map(({ name }) => name));
  return ({ lane, trigger }) => lane === notBeforeLane && names.has(trigger);
}

/**
 * Waits for the end of all work. Work that is left in the end does not prevent the report: it is a difference.
 *
 * @param mayStay which parked runs may stay
 */
export async function drain(
  system: LocalSystem,
  mayStay: (parked: ParkedCount) => boolean,
): Promise<Drained> {
  try {
    return { left: [], parked: await untilDrained(system, mayStay) };
  } catch (error) {
    if (error instanceof LocalSystemError) {
      return { left: [error.message], parked: [] };
    }
    throw error;
  }
}

/** On a busy machine the work takes long: it is waited for as long as it goes on. */
async function untilDrained(
  system: LocalSystem,
  mayStay: (parked: ParkedCount) => boolean,
): Promise<readonly ParkedCount[]> {
  const { runner, puller } = system;
  const invocations = (): number => runner.invocations + (puller?.invocations ?? 0);
  const deadlineMs = Date.now() + longestDrainMs;
  for (;;) {
    const before = invocations();
    try {
      return await system.waitUntilDrained(stuckAfterMs, mayStay);
    } catch (error) {
      const goesOn = invocations() > before && Date.now() < deadlineMs;
      if (!(error instanceof LocalSystemError && goesOn)) {
        throw error;
      }
    }
  }
}
