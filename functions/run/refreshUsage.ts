import type { SharedState } from '../ledger/sharedState.ts';
import { readAccountUsage } from '../mavera/accountUsage.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import { callAtSlot } from './callAtSlot.ts';
import { intervalMsFor, isUsableSlot, limitOf, waitOnTheSpotMs } from './gates/paceGate.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** The shared state, with the account's usage if it was read. */
export interface RefreshedState {
  readonly shared: SharedState;
  /** Whether the run's own slot was used to read it. */
  readonly slotIsUsed: boolean;
}

/**
 * Reads the account's usage at Mavera. Every five minutes one environment does this for all. It takes a rate-limit slot
 * that is near. Under a backlog it takes the run's own slot, and the run needs another one. If the usage cannot be read,
 * a later run tries again.
 */
export async function refreshUsage(
  run: LeasedRun,
  shared: SharedState,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<RefreshedState> {
  const { usage, now, onTrouble } = dependencies;
  const nowMs = now();
  const slot = (await usage.claimReading(nowMs))
    ? await slotFor(run, shared, nowMs, dependencies)
    : undefined;
  if (slot === undefined) {
    return { shared, slotIsUsed: false };
  }
  const slotIsUsed = slot.isOfRun;
  const request = { method: 'GET', path: '/usage' } as const;
  const { runId, trigger } = run.message;
  const caller = { runId, trigger, shared, apiKey };
  const made = await callAtSlot(request, { startAtMs: slot.atMs }, caller, dependencies);
  if (made.kind !== 'made' || made.answer.kind !== 'answered') {
    const kind = made.kind === 'made' ? made.answer.kind : made.kind;
    onTrouble("the account's usage cannot be read", new Error(`Mavera's answer: ${kind}`));
    return { shared, slotIsUsed };
  }
  try {
    const read = readAccountUsage(made.answer.json);
    await usage.write(read, now());
    run.report({ accountCreditsRemaining: read.creditsRemaining });
    return { shared: { ...shared, usage: { ...read, readAtMs: now() } }, slotIsUsed };
  } catch (error) {
    if (!isSchemaError(error)) {
      throw error;
    }
    onTrouble("the account's usage cannot be read", error);
    return { shared, slotIsUsed };
  }
}

/** A slot for a call that comes before the run's own: a near one, otherwise that of the run if it is due. */
export async function slotFor(
  run: LeasedRun,
  { usage, paceHeldUntilMs, nextSlotAtMs }: SharedState,
  nowMs: number,
  { pace, settings }: RunnerDependencies,
): Promise<{ readonly atMs: number; readonly isOfRun: boolean } | undefined> {
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, usage));
  const slot = await pace.takeSlot({
    nowMs,
    intervalMs,
    horizonMs: waitOnTheSpotMs,
    seenNextSlotAtMs: nextSlotAtMs,
  });
  if (slot.kind !== 'full') {
    return { atMs: slot.slotAtMs, isOfRun: false };
  }
  const { slotAtMs } = run.message;
  // Of a run whose answer was lost, the search has used the slot.
  const isFree = run.soFar.lostCallAtMs === undefined;
  const isDue =
    isFree && isUsableSlot(slotAtMs, paceHeldUntilMs, nowMs) && slotAtMs - nowMs <= waitOnTheSpotMs;
  return isDue ? { atMs: slotAtMs, isOfRun: true } : undefined;
}
