import type { EndedCall } from '../ledger/runs.ts';
import type { SharedState } from '../ledger/sharedState.ts';
import { writeResult } from '../results/resultsTopic.ts';
import type { CallAnswer } from '../systems/callAnswer.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { callAtSlot } from './callAtSlot.ts';
import { type AnsweredCall, decideOnAnswer } from './decideOnAnswer.ts';
import { refusalBy } from './gates/budgetGate.ts';
import type { ApplyingBudget, Pass } from './gates/gate.ts';
import { waitToAskAgain } from './gates/maveraGates.ts';
import { horizonMs, intervalMsFor, limitOf } from './gates/paceGate.ts';
import { keepId } from './keptId.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { PreparedRun } from './prepareRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended, Wait } from './runOutcome.ts';

/** How long it may take to record an answer in a slow ledger. */
export const recordingMs = 5_000;
/** Mavera may go on after our timeout: a call counts as under way for twice its timeout. */
const patience = 2;
/** How long work that goes on after the call, such as a focus group, counts against its cap until the next poll. */
export const pendingLeaseMs = 15 * 60_000;

/** A call that the gates have passed. */
export interface Call {
  readonly run: LeasedRun;
  readonly trigger: Trigger;
  readonly shared: SharedState;
  readonly prepared: PreparedRun;
  readonly pass: Pass;
  readonly apiKey: string;
}

/** How long after its start a call may still be under way. */
export function underWayMs({ maveraTimeoutMs }: RunnerDependencies['settings']): number {
  return maveraTimeoutMs * patience;
}

/**
 * Calls Mavera once, at the run's slot, and handles the answer. A result is recorded and published. After a temporary
 * error the run waits and tries again; after any other error it fails.
 */
export async function callMavera(call: Call, dependencies: RunnerDependencies): Promise<Ended> {
  const { run, prepared, pass, shared } = call;
  const { settings, now } = dependencies;
  const { attempts } = run.soFar;
  const notMade = { attempts, answerLost: false };
  const who = { runId: run.message.runId, trigger: run.message.trigger };
  const notAllowed = dependencies.gate.refusalOf({
    agent: `trigger/${who.trigger}`,
    request: prepared.request,
    runId: who.runId,
  });
  if (notAllowed !== undefined) {
    return await run.fail({ reason: 'not_allowed', detail: notAllowed.detail });
  }
  if (run.remainingMs() < settings.maveraTimeoutMs + recordingMs) {
    return await run.wait({ untilMs: now(), reason: 'invocation_too_old' }, notMade);
  }
  const refused = await enterCaps(call, dependencies);
  if (refused !== undefined) {
    return await run.wait(refused, notMade);
  }
  const spent = await run.markCalling(attempts + 1, pass.startAtMs, pass.reserves);
  if (spent !== undefined) {
    await leaveCap(call, dependencies);
    return await endBySpent(call, spent, notMade, dependencies);
  }
  const caller = { ...who, shared, apiKey: call.apiKey, probes: pass.probes === true };
  const made = await callAtSlot(prepared.request, pass, caller, dependencies);
  if (made.kind !== 'made') {
    await leaveCap(call, dependencies);
    return await run.wait({ untilMs: now(), reason: 'slot_missed' }, notMade);
  }
  run.report({ call: made.report });
  if (!mayBeUnderWay(made.answer, prepared)) {
    await leaveCap(call, dependencies, made.report.durationMs);
  }
  return await settle(call, made.answer, dependencies);
}

/** A lost call, and work that goes on after the call, count against the cap until their lease ends. */
function mayBeUnderWay(answer: CallAnswer, { performer }: PreparedRun): boolean {
  return answer.kind === 'lost' || (answer.kind === 'answered' && performer.pending !== undefined);
}

/**
 * Takes what the gates have only checked: the breaker's probe, and a lease of the concurrency cap.
 *
 * @returns the run's wait, if it did not get both
 */
async function enterCaps(
  { run, prepared: { performer }, pass: { probes, startAtMs } }: Call,
  { breaker, caps, settings, now, random }: RunnerDependencies,
): Promise<Wait | undefined> {
  const { runId } = run.message;
  const nowMs = now();
  const startsAtMs = startAtMs ?? nowMs;
  const wait = (reason: 'breaker_probing' | 'concurrency'): Wait =>
    waitToAskAgain(reason, run.soFar.history, nowMs, random);
  if (probes === true && !(await breaker.probe(runId, nowMs, startsAtMs + settings.maveraTimeoutMs))) {
    run.report({ gate: 'breaker' });
    return wait('breaker_probing');
  }
  const { kind, cap, pending } = performer;
  const leaseUntilMs = startsAtMs + (pending === undefined ? underWayMs(settings) : pendingLeaseMs);
  if (cap === undefined || (await caps.acquire(kind, { runId, limit: cap, nowMs, leaseUntilMs }))) {
    return undefined;
  }
  if (probes === true) {
    await breaker.endProbe(runId);
  }
  run.report({ gate: 'concurrency' });
  return wait('concurrency');
}

async function leaveCap(
  { run, prepared: { performer } }: Call,
  { caps }: RunnerDependencies,
  durationMs?: number,
): Promise<void> {
  if (performer.cap !== undefined) {
    await caps.release(performer.kind, run.message.runId, durationMs);
  }
}

/** Ends the delivery of a run whose budget others were faster to spend. */
async function endBySpent(
  { run, trigger, prepared: { estimatedCredits }, pass }: Call,
  spent: ApplyingBudget,
  notMade: EndedCall,
  { breaker, random, now }: RunnerDependencies,
): Promise<Ended> {
  if (pass.probes === true) {
    await breaker.endProbe(run.message.runId);
  }
  run.report({ gate: 'budget', budgetUsedPercent: 100 });
  const refusal = refusalBy(spent, { trigger, estimatedCredits, nowMs: now() }, random);
  return refusal.kind === 'skip'
    ? await run.skip(refusal.reason, refusal.detail)
    : await run.wait(refusal, notMade);
}

/**
 * When a run comes back after a delay. Under a backlog all near slots are given out: it takes the next one before it is sent
 * away. Where the next slot is earlier, it takes one when it comes back.
 */
export async function comeBackAfter(
  delayMs: number,
  shared: SharedState,
  { pace, settings, now }: RunnerDependencies,
): Promise<{ readonly untilMs: number; readonly slotAtMs?: number | undefined }> {
  const nowMs = now();
  const untilMs = nowMs + delayMs;
  const lastMs = nowMs + horizonMs(shared.dispatcher, nowMs);
  const intervalMs = intervalMsFor(limitOf(settings.requestsPerMinute, shared.usage));
  const slotAtMs =
    shared.nextSlotAtMs < untilMs || untilMs > lastMs
      ? undefined
      : await pace.takeSlotBetween(untilMs, lastMs, intervalMs);
  return slotAtMs === undefined ? { untilMs } : { untilMs: slotAtMs, slotAtMs };
}

async function settle(call: Call, answer: CallAnswer, dependencies: RunnerDependencies): Promise<Ended> {
  const { run, prepared, trigger } = call;
  const { settings, random, keptIds, now } = dependencies;
  const { attempts } = run.soFar;
  const answered: AnsweredCall = { ...prepared, action: trigger.run, attempts };
  const decision = decideOnAnswer(answer, answered, { maxAttempts: settings.maxAttempts, random });
  if (answer.kind === 'answered') {
    run.note('answered');
  }
  if (decision.forgets !== undefined && prepared.keys.kept !== undefined) {
    await keptIds.forget(prepared.keys.kept, decision.forgets);
  }
  switch (decision.kind) {
    case 'done':
      if (prepared.keys.kept !== undefined) {
        const made = { id: decision.result.keptId, asOfMs: prepared.asOfMs };
        await keepId(prepared.keys.kept, made, dependencies);
      }
      return await run.finish(decision.result.creditsUsed, writeResult(decision.result.result));
    case 'fail':
      return await run.fail(decision.failure);
    case 'wait': {
      const { delayMs, reason, pendingId } = decision;
      if (decision.mayBeBilled) {
        await run.spendReservation();
      }
      // The search for a lost answer begins when the call is over for certain: a slot before that would be missed.
      const again =
        answer.kind === 'lost'
          ? { untilMs: now() + delayMs }
          : await comeBackAfter(delayMs, call.shared, dependencies);
      return await run.wait({ ...again, reason, pendingId }, decision.call);
    }
  }
}
