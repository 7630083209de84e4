import type { Agent } from '../../access/grants.ts';
import type { OperationRequest } from '../../access/operation.ts';
import type { OperationName } from '../../access/operations.ts';
import { faultOf, isThrottled, retryAfterMsOf, type SystemError } from '../../systems/callAnswer.ts';
import type { SystemAnswer } from '../../systems/systemsGate.ts';
import { waitToAskAgain } from '../gates/maveraGates.ts';
import type { LeasedRun } from '../leasedRun.ts';
import type { Reason } from '../reasons.ts';
import type { RunnerDependencies } from '../runDependencies.ts';
import { type Ended, ended } from '../runOutcome.ts';

/** For the wait for the system's pace (5 s), a call (10 s), and what is written after it. The shortest timeout is 21 s. */
const callMs = 16_000;

/**
 * Ends the delivery of a run if the invocation has too little time left for a call of its lookups: systems that answer slowly
 * must not look like a crash.
 *
 * @param neededMs for one call, with all waits
 */
export async function stopIfLate(
  run: LeasedRun,
  reason: Reason,
  { now, random }: RunnerDependencies,
  neededMs: number = callMs,
): Promise<Ended | undefined> {
  if (run.remainingMs() >= neededMs) {
    return undefined;
  }
  run.report({ gate: 'lookups' });
  return await run.wait(waitToAskAgain(reason, run.soFar.history, now(), random));
}

/** Makes one call of a lookup. `json` is `undefined` when the system knows no such thing. */
export async function askOnce(
  run: LeasedRun,
  operation: OperationName,
  request: OperationRequest,
  reason: Reason,
  dependencies: RunnerDependencies,
): Promise<{ readonly json: unknown } | Ended> {
  if ((await stopIfLate(run, reason, dependencies)) === ended) {
    return ended;
  }
  const answer = await callSystem(run, operation, request, dependencies);
  if (answer.kind === 'answered') {
    return { json: answer.json };
  }
  if (answer.kind === 'refused' && answer.error.status === 404) {
    return { json: undefined };
  }
  return await stop(run, answer, reason, dependencies);
}

/** Calls a system for a run, as its trigger. */
export async function callSystem(
  run: LeasedRun,
  operation: OperationName,
  request: OperationRequest,
  { gate }: RunnerDependencies,
): Promise<SystemAnswer> {
  const { runId, trigger } = run.message;
  return await gate.call({ agent: `trigger/${trigger}` satisfies Agent, operation, request, runId });
}

/** Ends the delivery of a run whose lookup has no answer. */
export async function stop(
  run: LeasedRun,
  answer: Exclude<SystemAnswer, { readonly kind: 'answered' }>,
  reason: Reason,
  { now, random }: RunnerDependencies,
): Promise<Ended> {
  run.report({ gate: 'lookups' });
  const nowMs = now();
  if (answer.kind === 'not_allowed') {
    return await run.fail({ reason: 'not_allowed', detail: answer.detail });
  }
  if (answer.kind === 'refused' && isRefusedForever(answer.error)) {
    const { status, code } = answer.error;
    return await run.fail({
      reason: 'lookup_failed',
      detail: `The system refused the question: ${status} ${code}`,
    });
  }
  const isBusy = answer.kind === 'busy';
  const wait = waitToAskAgain(isBusy ? 'system_busy' : reason, run.soFar.history, nowMs, random);
  return await run.wait({ ...wait, untilMs: Math.max(wait.untilMs, notBeforeMs(answer, nowMs)) });
}

/** Whether a system refuses what is asked, whenever it is asked. An operator may yet allow it, or set another URL. */
function isRefusedForever(error: SystemError): boolean {
  return faultOf(error) === 'request' && ![403, 404].includes(error.status);
}

/** When the system may be asked again at the earliest. */
function notBeforeMs(answer: SystemAnswer, nowMs: number): number {
  if (answer.kind === 'busy') {
    return answer.untilMs;
  }
  return answer.kind === 'refused' && isThrottled(answer) ? nowMs + (retryAfterMsOf(answer) ?? 0) : nowMs;
}
