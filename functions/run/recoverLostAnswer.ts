import type { SharedState } from '../ledger/sharedState.ts';
import {
  type ActionResult,
  NotRecoverableError,
  type ReadMavera,
} from '../mavera/actions/actionPerformer.ts';
import { writeResult } from '../results/resultMessage.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import { callAtSlot } from './callAtSlot.ts';
import { underWayMs } from './callMavera.ts';
import { horizonMs, intervalMsFor, isUsableSlot, limitOf, waitOnTheSpotMs } from './gates/paceGate.ts';
import { keepId } from './keptId.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { PreparedRun } from './prepareRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended, Wait } from './runOutcome.ts';

/** How long one read waits for a slot of its own; a run that would wait longer comes back. */
const slotWithinMs = 30_000;
/** After how long a run tries again when Mavera cannot be read. */
const tryAgainMs = 30_000;

/** A run whose earlier call lost its answer. */
export interface LostRun {
  readonly run: LeasedRun;
  readonly shared: SharedState;
  readonly prepared: PreparedRun;
  readonly lostCallAtMs: number;
  readonly apiKey: string;
}

/**
 * Searches Mavera for the work of a lost call before the call is made again: a persona that Mavera did create would
 * cost 300 credits a second time. It searches only when the call can hardly be under way any more, at slots of the
 * shared pace, which it comes back for like any call.
 *
 * @returns `undefined` when the run is to be called (again)
 */
export async function recoverLostAnswer(
  lost: LostRun,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  const { run, prepared } = lost;
  const { attempts } = run.soFar;
  const recovery = await search(lost, dependencies);
  switch (recovery.kind) {
    case 'wait':
      return await run.wait(recovery);
    case 'found': {
      const { creditsUsed, result } = recovery.result;
      run.note('recovered');
      run.report({ recovery: 'found' });
      if (prepared.keys.kept !== undefined) {
        await keepId(prepared.keys.kept, recovery.result.keptId, dependencies);
      }
      return await run.finish(creditsUsed, writeResult(result));
    }
    case 'pending': {
      const { pendingId } = recovery;
      run.note('recovered');
      run.report({ recovery: 'found' });
      const wait = { untilMs: dependencies.now(), reason: 'focus_group_running', pendingId } as const;
      return await run.wait(wait, { attempts, answerLost: false });
    }
    case 'unknowable':
      return await run.fail({ reason: 'answer_lost', detail: recovery.detail, spent: 'estimate' });
    case 'not_found': {
      run.report({ recovery: 'not_found' });
      if (attempts < dependencies.settings.maxAttempts) {
        return undefined;
      }
      const detail = `No call is left of ${attempts}: the answer of the last was lost or unreadable, and its work is not at Mavera`;
      return await run.fail({ reason: 'attempts_exhausted', detail });
    }
  }
}

/** Whether the work of a lost call is at Mavera. `unknowable`: people have to look. */
type Recovery =
  | { readonly kind: 'found'; readonly result: ActionResult }
  | { readonly kind: 'pending'; readonly pendingId: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknowable'; readonly detail: string }
  | ({ readonly kind: 'wait' } & Wait);

/** Mavera cannot be read now. */
class RecoveryFailedError extends Error {
  override readonly name = 'RecoveryFailedError';
}

async function search(lost: LostRun, dependencies: RunnerDependencies): Promise<Recovery> {
  const { run, prepared, lostCallAtMs } = lost;
  const { now, random, settings, onTrouble } = dependencies;
  const { performer, request } = prepared;
  const overAtMs = lostCallAtMs + underWayMs(settings);
  if (now() < overAtMs) {
    return { kind: 'wait', untilMs: overAtMs, reason: 'answer_lost' };
  }
  const slots = await slotsFor(lost, dependencies);
  if (slots.kind === 'wait') {
    return slots;
  }
  try {
    const read = slottedReader(slots.firstAtMs, lost, dependencies);
    const call = { request, runId: run.message.runId, startedAtMs: lostCallAtMs };
    const found = await performer.recover(call, read);
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
    onTrouble('a lost answer cannot be recovered now', error);
    return { kind: 'wait', untilMs: now() + tryAgainMs * (1 + random()), reason: 'recovery_waits' };
  }
}

/** Slots in a row, one for each read: now, or when the run comes back for them. */
async function slotsFor(
  { run, shared, prepared }: LostRun,
  { pace, settings, now, random }: RunnerDependencies,
): Promise<{ readonly kind: 'ready'; readonly firstAtMs: number } | ({ readonly kind: 'wait' } & Wait)> {
  const { slotAtMs } = run.message;
  const reads = prepared.performer.recoveryReads;
  const nowMs = now();
  if (reads === 0) {
    return { kind: 'ready', firstAtMs: nowMs };
  }
  if (isUsableSlot(slotAtMs, shared.paceHeldUntilMs, nowMs)) {
    return { kind: 'ready', firstAtMs: slotAtMs };
  }
  const intervalMs = reads * intervalMsFor(limitOf(settings.requestsPerMinute, shared.usage));
  const slot = await pace.takeSlot({ nowMs, intervalMs, horizonMs });
  if (slot.kind === 'full') {
    const untilMs = slot.askAgainAtMs + random() * tryAgainMs;
    return { kind: 'wait', untilMs, reason: 'recovery_waits' };
  }
  const { slotAtMs: firstAtMs } = slot;
  return firstAtMs - nowMs <= waitOnTheSpotMs
    ? { kind: 'ready', firstAtMs }
    : { kind: 'wait', untilMs: firstAtMs, slotAtMs: firstAtMs, reason: 'recovery_waits' };
}

/** Reads from Mavera at the slots that were reserved; what goes beyond them needs a slot that is near. */
function slottedReader(
  firstAtMs: number,
  { run, shared, prepared, apiKey }: LostRun,
  dependencies: RunnerDependencies,
): ReadMavera {
  const { pace, now, settings } = dependencies;
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, shared.usage));
  let reads = 0;
  return async (path) => {
    const nowMs = now();
    const slot =
      reads < prepared.performer.recoveryReads
        ? { kind: 'reserved' as const, slotAtMs: firstAtMs + reads * intervalMs }
        : await pace.takeSlot({ nowMs, intervalMs, horizonMs: slotWithinMs });
    if (slot.kind === 'full') {
      throw new RecoveryFailedError('There is no free rate-limit slot within 30 s');
    }
    reads += 1;
    const caller = { runId: run.message.runId, shared, apiKey };
    const made = await callAtSlot(
      { method: 'GET', path },
      { startAtMs: slot.slotAtMs },
      caller,
      dependencies,
    );
    const answer = made?.answer;
    if (answer?.kind !== 'answered') {
      throw new RecoveryFailedError(`Mavera could not be read: ${answer?.kind}`);
    }
    return answer.json;
  };
}
