import type { SlotOutcome } from '../ledger/pace.ts';
import type { SharedState } from '../ledger/sharedState.ts';
import {
  type ActionPerformer,
  type ActionResult,
  type LostCall,
  NotRecoverableError,
  type ReadMavera,
} from '../mavera/actions/actionPerformer.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import { callAtSlot } from './callAtSlot.ts';
import { horizonMs, intervalMsFor, limitOf, slotToleranceMs, waitOnTheSpotMs } from './gates/paceRules.ts';
import type { Waiting } from './leasedRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** Mavera may go on after the caller has given up: it is given as long again. */
const patience = 2;
/** How long one look at Mavera waits for its slot; a run that would wait longer comes back. */
const slotWithinMs = 30_000;
/** After how long one looks again when Mavera cannot be read. */
const lookAgainMs = 30_000;

/** Whether the work of a call whose answer was lost is at Mavera; `unknowable`: people have to look. */
export type Recovery =
  | { readonly kind: 'found'; readonly result: ActionResult }
  | { readonly kind: 'pending'; readonly pendingId: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknowable'; readonly detail: string }
  | ({ readonly kind: 'wait' } & Waiting);

/** Mavera cannot be read now. */
export class RecoveryFailedError extends Error {
  override readonly name = 'RecoveryFailedError';
}

/** How long a call may still be under way after its start. */
export function underWayMs({ maveraTimeoutMs }: RunnerDependencies['settings']): number {
  return maveraTimeoutMs * patience;
}

/** With what Mavera is looked at. */
export interface RecoveryOptions {
  readonly apiKey: string;
  /** The first of the slots that were reserved for it, once they are. */
  readonly slotAtMs?: number | undefined;
  readonly shared: SharedState;
}

/**
 * Finds out what became of a call whose answer was lost, before it is made again: a persona that Mavera did create
 * costs 300 credits the second time. It looks only when the call can hardly be under way any more, and at slots of the
 * shared pace, which it comes back for like any call.
 */
export async function recoverAnswer(
  performer: ActionPerformer,
  lost: LostCall,
  terms: RecoveryOptions,
  dependencies: RunnerDependencies,
): Promise<Recovery> {
  const { now, random, settings, onTrouble } = dependencies;
  const overAtMs = lost.startedAtMs + underWayMs(settings);
  if (now() < overAtMs) {
    return { kind: 'wait', untilMs: overAtMs, reason: 'answer_lost' };
  }
  const slots = await slotsFor(performer.recoveryReads, terms, dependencies);
  if (slots.kind === 'wait') {
    return slots;
  }
  try {
    const read = slottedReader(slots.firstAtMs, performer.recoveryReads, terms, dependencies);
    const found = await performer.recover(lost, read);
    if (found === undefined) {
      return { kind: 'not_found' };
    }
    return 'pendingId' in found ? { kind: 'pending', ...found } : { kind: 'found', result: found };
  } catch (error) {
    if (error instanceof NotRecoverableError) {
      return { kind: 'unknowable', detail: error.message };
    }
    if (!(error instanceof RecoveryFailedError) && !isSchemaError(error)) {
      throw error;
    }
    onTrouble('a lost answer cannot be looked for', error);
    return { kind: 'wait', untilMs: now() + lookAgainMs * (1 + random()), reason: 'recovery_waits' };
  }
}

/** Slots in a row, one for each read: now, or when the run comes back for them. */
async function slotsFor(
  reads: number,
  { slotAtMs, shared: { paceHeldUntilMs, usage } }: RecoveryOptions,
  { pace, settings, now, random }: RunnerDependencies,
): Promise<{ readonly kind: 'ready'; readonly firstAtMs: number } | ({ readonly kind: 'wait' } & Waiting)> {
  const nowMs = now();
  if (reads === 0) {
    return { kind: 'ready', firstAtMs: nowMs };
  }
  if (slotAtMs !== undefined && nowMs <= slotAtMs + slotToleranceMs && paceHeldUntilMs <= nowMs) {
    return { kind: 'ready', firstAtMs: slotAtMs };
  }
  const intervalMs = reads * intervalMsFor(limitOf(settings.requestsPerMinute, usage));
  const reserved = await pace.takeSlot({ nowMs, intervalMs, horizonMs });
  if (reserved.kind === 'full') {
    const untilMs = reserved.askAgainAtMs + random() * lookAgainMs;
    return { kind: 'wait', untilMs, reason: 'recovery_waits' };
  }
  const { slotAtMs: firstAtMs } = reserved;
  return firstAtMs - nowMs <= waitOnTheSpotMs
    ? { kind: 'ready', firstAtMs }
    : { kind: 'wait', untilMs: firstAtMs, slotAtMs: firstAtMs, reason: 'recovery_waits' };
}

/** Reads from Mavera at the slots that were reserved; what goes beyond them needs a slot that is near. */
function slottedReader(
  firstAtMs: number,
  count: number,
  { apiKey, shared: { usage } }: RecoveryOptions,
  dependencies: RunnerDependencies,
): ReadMavera {
  const { pace, now, settings } = dependencies;
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, usage));
  let reads = 0;
  return async (path) => {
    const nowMs = now();
    const slot: SlotOutcome =
      reads < count
        ? { kind: 'reserved', slotAtMs: firstAtMs + reads * intervalMs }
        : await pace.takeSlot({ nowMs, intervalMs, horizonMs: slotWithinMs });
    if (slot.kind === 'full') {
      throw new RecoveryFailedError('There is no free slot of the pace within 30 s');
    }
    reads += 1;
    const made = await callAtSlot(
      { method: 'GET', path },
      { apiKey, startAtMs: slot.slotAtMs },
      dependencies,
    );
    const answer = made?.answer;
    if (answer?.kind !== 'answered') {
      throw new RecoveryFailedError(`Mavera could not be read: ${answer?.kind}`);
    }
    return answer.json;
  };
}
