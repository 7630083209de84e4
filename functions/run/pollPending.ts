import type { RunSoFar } from '../ledger/runItem.ts';
import type { SharedState } from '../ledger/sharedState.ts';
import type { ActionPerformer, PendingPerformer, PendingState } from '../mavera/actions/actionPerformer.ts';
import type { ActionResult } from '../mavera/actions/actionResult.ts';
import { writeResult } from '../results/resultsTopic.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import { type CallAnswer, faultOf } from '../systems/callAnswer.ts';
import type { Action } from '../triggers/actions.ts';
import { callAtSlot } from './callAtSlot.ts';
import { comeBackAfter, pendingLeaseMs } from './callMavera.ts';
import type { Pass } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { Reason } from './reasons.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended, Failure } from './runOutcome.ts';

/** Work at Mavera that may be polled now. */
export interface Poll {
  readonly run: LeasedRun;
  readonly shared: SharedState;
  readonly pending: NonNullable<RunSoFar['pending']>;
  readonly performer: ActionPerformer;
  readonly action: Action;
  readonly pass: Pass;
  readonly apiKey: string;
}

/**
 * Polls once for work that goes on after the call, such as a focus group. Its result is recorded, or the run comes back
 * to poll again: no function waits for it. Work that takes longer than the trigger allows is polled once more after that
 * time, because it is paid for.
 */
export async function pollPending(poll: Poll, dependencies: RunnerDependencies): Promise<Ended> {
  const { run, shared, pending, action, pass, apiKey } = poll;
  const { now, caps } = dependencies;
  const { kind, cap, pending: performer } = poll.performer;
  const { id, sinceMs } = pending;
  const { runId } = run.message;
  if (performer === undefined) {
    throw new TypeError(`The action ${kind} has no work to poll after its call`);
  }
  if (cap !== undefined) {
    await caps.acquire(kind, { runId, limit: cap, nowMs: now(), leaseUntilMs: now() + pendingLeaseMs });
  }
  const polledAtMs = now();
  const made = await callAtSlot(
    performer.request(id),
    pass,
    { runId, trigger: run.message.trigger, shared, apiKey, probes: pass.probes },
    dependencies,
  );
  if (made.kind === 'slot_missed') {
    return await run.wait({ untilMs: now(), reason: 'slot_missed' });
  }
  if (made.kind === 'not_allowed') {
    await caps.release(kind, runId);
    return await run.fail({ reason: 'not_allowed', detail: made.detail, spent: 'estimate' });
  }
  run.report({ call: made.report });
  const decision = decideOnPoll(made.answer, {
    id,
    action,
    performer,
    isOver: polledAtMs > sinceMs + performer.timeoutMs(action),
  });
  if (decision.kind === 'wait') {
    // Without a later deadline, a run after its deadline would come back at once, again and again.
    const again = await comeBackAfter(performer.everyMs(action), shared, dependencies);
    return await run.wait({ ...again, reason: decision.reason, deadlineAtMs: again.untilMs });
  }
  // Before the end is recorded: if the runner died in between, nothing would release the cap.
  await caps.release(kind, runId, now() - sinceMs);
  if (decision.kind === 'fail') {
    return await run.fail(decision.failure);
  }
  run.note('answered');
  return await run.finish(decision.result.creditsUsed, writeResult(decision.result.result));
}

/** What is polled. */
export interface PolledWork {
  readonly id: string;
  readonly action: Action;
  readonly performer: PendingPerformer<Action>;
  /** Whether the time that the trigger allows is over. */
  readonly isOver: boolean;
}

/** What happens to a run after a poll. */
export type PollDecision =
  | { readonly kind: 'wait'; readonly reason: Reason }
  | { readonly kind: 'fail'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly result: ActionResult };

/** Decides what happens to a run after a poll. */
export function decideOnPoll(answer: CallAnswer, work: PolledWork): PollDecision {
  const { id, action, performer, isOver } = work;
  if (answer.kind === 'refused' && faultOf(answer.error) === 'request') {
    const { status, code, message } = answer.error;
    const detail = `Mavera answered the poll with ${status} ${code}: ${message}`;
    return { kind: 'fail', failure: { reason: `mavera_${status}`, detail, spent: 'estimate' } };
  }
  const state = answer.kind === 'answered' ? readState(answer.json, performer, action) : undefined;
  switch (state?.kind) {
    case 'done':
      return state;
    case 'failed': {
      const result = writeResult({ answer: answer.kind === 'answered' ? answer.json : undefined });
      const { detail } = state;
      return { kind: 'fail', failure: { reason: 'focus_group_failed', detail, result, spent: 'estimate' } };
    }
    default: {
      if (!isOver) {
        return {
          kind: 'wait',
          reason: state === undefined ? 'focus_group_unreadable' : 'focus_group_running',
        };
      }
      const detail = `${id} was not finished after ${performer.timeoutMs(action) / 60_000} minutes`;
      return { kind: 'fail', failure: { reason: 'focus_group_too_long', detail, spent: 'estimate' } };
    }
  }
}

/** `undefined` for an answer that is not as documented. */
function readState(
  json: unknown,
  performer: PendingPerformer<Action>,
  action: Action,
): PendingState | undefined {
  try {
    return performer.read(json, action);
  } catch (error) {
    if (isSchemaError(error)) {
      return undefined;
    }
    throw error;
  }
}
