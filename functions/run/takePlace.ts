import type { Call } from './callMavera.ts';
import { lookAgainAfterMs } from './gates/lookAgain.ts';
import type { LeasedRun, Waiting } from './leasedRun.ts';
import { underWayMs } from './recoverAnswer.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** For how long work that goes on after the call, such as a focus group, has its place without being looked at. */
export const pendingLeaseMs = 15 * 60_000;

/** A place among the calls of its kind that are under way, or why there is none. */
export type Place =
  | { readonly kind: 'taken'; leave(): Promise<void> }
  | ({ readonly kind: 'none' } & Waiting);

/** Takes what the gates have only looked at: the breaker's probe, and a place among the calls that are under way. */
export async function takePlace(
  { message: { runId }, soFar: { history } }: LeasedRun,
  { performer: { kind, cap, pending }, probes, startAtMs }: Call,
  { breaker, caps, settings, now, random }: RunnerDependencies,
): Promise<Place> {
  const nowMs = now();
  const startsAtMs = startAtMs ?? nowMs;
  const wait = (reason: 'breaker_probing' | 'concurrency'): Place => ({
    kind: 'none',
    untilMs: nowMs + lookAgainAfterMs(history, reason, random),
    reason,
  });
  if (probes === true && !(await breaker.probe(runId, nowMs, startsAtMs + settings.maveraTimeoutMs))) {
    return wait('breaker_probing');
  }
  if (cap === undefined) {
    return { kind: 'taken', leave: async () => undefined };
  }
  const leaseUntilMs = startsAtMs + (pending === undefined ? underWayMs(settings) : pendingLeaseMs);
  if (await caps.acquire(kind, { runId, limit: cap, nowMs, leaseUntilMs })) {
    return { kind: 'taken', leave: async () => await caps.release(kind, runId) };
  }
  if (probes === true) {
    await breaker.endProbe(runId);
  }
  return wait('concurrency');
}
