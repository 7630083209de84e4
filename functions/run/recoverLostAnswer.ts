import * as z from 'zod/mini';
import type { SharedState } from '../ledger/sharedState.ts';
import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { LostCall, Recovery, RecoveryStep } from '../mavera/recovery/recovery.ts';
import { writeResult } from '../results/resultsTopic.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { type CallAnswer, faultOf } from '../systems/callAnswer.ts';
import type { SystemRequest } from '../systems/systemClient.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { callAtSlot, longestReadMs } from './callAtSlot.ts';
import { recordingMs, underWayMs } from './callMavera.ts';
import type { Pass } from './gates/gate.ts';
import {
  horizonMs,
  intervalMsFor,
  isUsableSlot,
  limitOf,
  slotToleranceMs,
  waitOnTheSpotMs,
} from './gates/paceGate.ts';
import { keepRecoveredId } from './keptId.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import { type Ended, ended } from './runOutcome.ts';

/** How long a run waits before it tries again when Mavera cannot be read. */
const tryAgainMs = 30_000;

/** A run whose earlier call lost its answer. */
export interface LostRun {
  readonly run: LeasedRun;
  readonly shared: SharedState;
  /** What was sent. */
  readonly request: SystemRequest;
  readonly performer: Pick<ActionPerformer, 'recovery'>;
  /** The trigger in the current triggers file; `undefined` if it is gone. */
  readonly trigger: Trigger | undefined;
  readonly lostCallAtMs: number;
  readonly pass: Pass;
  readonly apiKey: string;
}

/**
 * Searches Mavera for the work of a lost call before the call is made again, because a persona that Mavera did create
 * would cost 300 credits a second time. The search uses the request that was sent, even if the trigger has changed. It
 * begins when the call is most likely over. Each read starts at its own rate-limit slot and ends within the invocation;
 * otherwise the search goes on in another delivery.
 *
 * @returns `undefined` when the work was not done, or cannot be searched for, so that the call may be made again
 */
export async function recoverLostAnswer(
  lost: LostRun,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  const { run, performer, request, lostCallAtMs } = lost;
  const { now, settings } = dependencies;
  const overAtMs = lostCallAtMs + underWayMs(settings);
  if (now() < overAtMs) {
    return await run.wait({ untilMs: overAtMs, reason: 'answer_lost' });
  }
  if (performer.recovery === undefined) {
    // Mavera cannot tell whether it did the work, so the credits count as spent.
    await run.spendReservation();
    return await callAgain(run, 'it is not known whether Mavera did the work', dependencies);
  }
  const call: LostCall = { request, runId: run.message.runId, startedAtMs: lostCallAtMs };
  const end = await search(lost, performer.recovery, call, dependencies);
  return end === ended ? ended : await settle(lost, end, dependencies);
}

async function settle(
  { run, trigger }: LostRun,
  end: RecoveryEnd,
  dependencies: RunnerDependencies,
): Promise<Ended | undefined> {
  switch (end.kind) {
    case 'found': {
      const { creditsUsed, result, keptId } = end.result;
      run.note('recovered');
      run.report({ recovery: 'found' });
      await keepRecoveredId(run, trigger, keptId, dependencies);
      return await run.finish(creditsUsed, writeResult(result));
    }
    case 'pending': {
      const { pendingId } = end;
      const { attempts } = run.soFar;
      run.note('recovered');
      run.report({ recovery: 'found' });
      const wait = { untilMs: dependencies.now(), reason: 'focus_group_running', pendingId } as const;
      return await run.wait(wait, { attempts, answerLost: false });
    }
    case 'unknowable':
      return await run.fail({ reason: 'answer_lost', detail: end.detail, spent: 'estimate' });
    case 'not_found':
      run.report({ recovery: 'not_found' });
      return await callAgain(run, 'Mavera did not do the work', dependencies);
  }
}

/** Allows another call if attempts are left; otherwise the run fails. */
async function callAgain(
  run: LeasedRun,
  known: string,
  { settings }: RunnerDependencies,
): Promise<Ended | undefined> {
  const { attempts } = run.soFar;
  if (attempts < settings.maxAttempts) {
    return undefined;
  }
  const detail = `No attempt is left after ${attempts}. The answer of the last call was lost or unreadable; ${known}`;
  return await run.fail({ reason: 'attempts_exhausted', detail });
}

/** Makes the reads of the search, until it ends or has to go on in another delivery. */
async function search(
  lost: LostRun,
  recovery: Recovery,
  call: LostCall,
  dependencies: RunnerDependencies,
): Promise<RecoveryEnd | Ended> {
  const { run } = lost;
  const { now, random, onTrouble } = dependencies;
  let step = firstStep(run.soFar.recovery, recovery, call);
  for (let slotAtMs = run.message.slotAtMs; step.kind === 'read'; slotAtMs = undefined) {
    const answer = await readAtSlot(lost, step, slotAtMs, dependencies);
    if (answer === ended) {
      return ended;
    }
    const next = decideOnRead(answer, step, recovery, call);
    if (next.kind === 'later') {
      onTrouble('a lost answer cannot be recovered now', new Error(next.detail));
      const untilMs = now() + tryAgainMs * (1 + random());
      return await run.wait({ untilMs, reason: 'recovery_waits', recovery: writeProgress(step) });
    }
    step = next;
  }
  return step;
}

/** Makes one read at its own slot. The run comes back later if the slot is not near or too little time is left. */
async function readAtSlot(
  { run, shared, apiKey, pass }: LostRun,
  step: ReadStep,
  ownSlotAtMs: number | undefined,
  dependencies: RunnerDependencies,
): Promise<CallAnswer | Ended> {
  const { pace, now, random, settings } = dependencies;
  const { runId, trigger } = run.message;
  const caller = { runId, trigger, shared, apiKey, probes: pass.probes };
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, shared.usage));
  const timeoutMs = Math.min(longestReadMs, settings.maveraTimeoutMs);
  const comeBack = async (untilMs: number, slotAtMs?: number): Promise<Ended> =>
    await run.wait({ untilMs, slotAtMs, reason: 'recovery_waits', recovery: writeProgress(step) });
  for (let given = ownSlotAtMs; ; given = undefined) {
    const nowMs = now();
    if (run.remainingMs() < waitOnTheSpotMs + timeoutMs + recordingMs) {
      return await comeBack(nowMs);
    }
    const slot = isUsableSlot(given, shared.paceHeldUntilMs, nowMs)
      ? { kind: 'reserved' as const, slotAtMs: given }
      : await pace.takeSlot({ nowMs, intervalMs, horizonMs: horizonMs(shared.dispatcher, nowMs) });
    if (slot.kind === 'full') {
      return await comeBack(slot.askAgainAtMs + random() * tryAgainMs);
    }
    if (slot.slotAtMs - nowMs > waitOnTheSpotMs) {
      return await comeBack(slot.slotAtMs, slot.slotAtMs);
    }
    const time = { startAtMs: slot.slotAtMs, lateByMs: slotToleranceMs, timeoutMs };
    const made = await callAtSlot({ method: 'GET', path: step.path }, time, caller, dependencies);
    if (made.kind === 'made') {
      return made.answer;
    }
    if (made.kind === 'not_allowed') {
      const { detail } = made;
      return await run.fail({ reason: 'not_allowed', detail, spent: 'estimate', answerLost: true });
    }
  }
}

type ReadStep = Extract<RecoveryStep, { readonly kind: 'read' }>;
type RecoveryEnd = Exclude<RecoveryStep, { readonly kind: 'read' }>;

/** Decides what follows from a read of the search. `later`: nothing yet, the same read is made again. */
export function decideOnRead(
  answer: CallAnswer,
  step: ReadStep,
  recovery: Recovery,
  call: LostCall,
): RecoveryStep | { readonly kind: 'later'; readonly detail: string } {
  if (answer.kind === 'refused' && faultOf(answer.error) === 'request') {
    const { status, code, message } = answer.error;
    if (status === 404 && step.mayBeGone === true) {
      return recovery.next(call, step.state, { isGone: true });
    }
    const detail = `It is not known whether Mavera did the work, because it refused the search: ${status} ${code}: ${message}`;
    return { kind: 'unknowable', detail };
  }
  if (answer.kind !== 'answered') {
    return { kind: 'later', detail: `Mavera could not be read: ${answer.kind}` };
  }
  try {
    return recovery.next(call, step.state, { json: answer.json });
  } catch (error) {
    if (!isSchemaError(error)) {
      throw error;
    }
    return { kind: 'later', detail: `Mavera's answer is not as documented: ${describeSchemaError(error)}` };
  }
}

/** How far a search has come, as the ledger keeps it between deliveries. */
const progress = z.object({
  version: z.literal(1),
  path: z.string(),
  state: z.unknown(),
  mayBeGone: z.optional(z.boolean()),
});

function writeProgress({ path, state, mayBeGone }: ReadStep): string {
  return JSON.stringify({ version: 1, path, state, mayBeGone });
}

/** Goes on where an earlier delivery stopped. If another version wrote that, the search begins again. */
function firstStep(kept: string | undefined, recovery: Recovery, call: LostCall): RecoveryStep {
  const found = kept === undefined ? undefined : progress.safeParse(JSON.parse(kept));
  if (found?.success === true) {
    return { kind: 'read', ...found.data };
  }
  try {
    return recovery.begin(call);
  } catch (error) {
    if (!isSchemaError(error)) {
      throw error;
    }
    const detail = `It is not known whether Mavera did the work, because the ledger does not have the whole request: ${describeSchemaError(error)}. Check in Mavera, then redrive or discard the run`;
    return { kind: 'unknowable', detail };
  }
}
