import type { CallDurations } from '../ledger/caps.ts';

/** How long the calls of an action take on average, and what it was measured from. */
export interface MeanDuration extends CallDurations {
  readonly meanMs: number;
}

/** By kind of action. */
export type MeanDurations = Readonly<Record<string, MeanDuration>>;

/** After so many calls, hardly anything of the earlier mean is left. */
const memoryCalls = 20;

/**
 * Follows the mean duration of calls: the newest calls count most, so that a slower Mavera is noticed within some calls.
 *
 * @param counted all calls that have ended, and their time, by kind of action; both only grow
 * @param typicalMs the mean that is taken before any call has ended
 */
export function followDurations(
  before: MeanDurations,
  counted: ReadonlyMap<string, CallDurations>,
  typicalMs: (action: string) => number,
): MeanDurations {
  return Object.fromEntries(
    [...counted].map(([action, { calls, totalMs }]) => {
      const last = before[action] ?? { calls: 0, totalMs: 0, meanMs: typicalMs(action) };
      const newCalls = calls - last.calls;
      const newMean = newCalls > 0 ? (totalMs - last.totalMs) / newCalls : last.meanMs;
      const weight = Math.min(1, Math.max(0, newCalls) / memoryCalls);
      return [action, { calls, totalMs, meanMs: last.meanMs + weight * (newMean - last.meanMs) }];
    }),
  );
}
