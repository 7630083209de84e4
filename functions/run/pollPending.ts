import type { ActionResult, PendingPerformer, PendingState } from '../mavera/actions/actionPerformer.ts';
import { faultOf, type MaveraAnswer } from '../mavera/maveraAnswer.ts';
import { writeResult } from '../results/resultMessage.ts';
import { isSchemaError } from '../schema/schemaError.ts';
import type { Action } from '../triggers/actions.ts';
import { callAtSlot } from './callAtSlot.ts';
import { askGates } from './gates/askGates.ts';
import type { Failure } from './leasedRun.ts';
import type { PreparedRun } from './prepareRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';
import { gatedRun, type RunScene } from './runScene.ts';
import { pendingLeaseMs } from './takePlace.ts';
import { tellBreaker } from './tellBreaker.ts';

/** Work that Mavera has taken on. */
export interface Pending {
  readonly id: string;
  readonly sinceMs: number;
}

/**
 * Looks once at work that Mavera finishes by and by, such as a focus group: its result is recorded, or the run comes
 * back to look again. No function ever waits for it.
 */
export async function pollPending(
  scene: RunScene,
  prepared: PreparedRun,
  { id, sinceMs }: Pending,
  apiKey: string,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { delivery, trigger } = scene;
  const { performer } = prepared;
  const { pending, kind, cap } = performer;
  const { gates, now, caps, breaker, settings } = dependencies;
  if (pending === undefined) {
    const detail = `The trigger's action was changed while ${id} was under way at Mavera`;
    return await delivery.fail({ reason: 'action_unknown', detail, spent: 'estimate' });
  }
  const action = trigger.run;
  const { runId } = delivery.message;
  if (now() > sinceMs + pending.timeoutMs(action)) {
    await caps.release(kind, runId);
    const detail = `${id} was not finished after ${pending.timeoutMs(action) / 60_000} minutes`;
    return await delivery.fail({ reason: 'focus_group_too_long', detail, spent: 'estimate' });
  }
  const decision = await askGates(gates.look, gatedRun(scene, now(), prepared));
  if (decision.kind === 'wait') {
    return { ...(await delivery.wait(decision)), gate: decision.gate };
  }
  const probes = decision.kind === 'pass' && decision.probes === true;
  if (probes && !(await breaker.probe(runId, now(), now() + settings.maveraTimeoutMs))) {
    const untilMs = now() + pending.everyMs(action);
    return { ...(await delivery.wait({ untilMs, reason: 'breaker_probing' })), gate: 'breaker' };
  }
  if (cap !== undefined) {
    await caps.acquire(kind, { runId, limit: cap, nowMs: now(), leaseUntilMs: now() + pendingLeaseMs });
  }
  const slot = decision.kind === 'pass' ? { ...decision, apiKey } : { apiKey };
  const made = await callAtSlot(pending.request(id), slot, dependencies);
  if (made === undefined) {
    return await delivery.wait({ untilMs: now(), reason: 'slot_missed' });
  }
  const told = await tellBreaker(scene, made.answer, probes, dependencies);
  const look = readLook(made.answer, pending, action);
  if (look.kind !== 'wait') {
    // Before the end is recorded: after it, nobody would give the place back for a runner that dies in between.
    await caps.release(kind, runId);
  }
  const outcome = await settleLook(scene, look, pending, dependencies);
  return { ...outcome, call: { ...made.report, breaker: told } };
}

/** What a look has shown. */
type Look =
  | { readonly kind: 'wait'; readonly reason: 'focus_group_unreadable' | 'focus_group_running' }
  | { readonly kind: 'fail'; readonly failure: Failure }
  | { readonly kind: 'done'; readonly result: ActionResult };

function readLook(answer: MaveraAnswer, pending: PendingPerformer<Action>, action: Action): Look {
  if (answer.kind === 'refused' && faultOf(answer.error) === 'request') {
    const { status, code, message } = answer.error;
    const detail = `Mavera answered ${status} ${code} when it was asked for the result: ${message}`;
    return { kind: 'fail', failure: { reason: `mavera_${status}`, detail, spent: 'estimate' } };
  }
  const state = answer.kind === 'answered' ? readState(answer.json, pending, action) : undefined;
  switch (state?.kind) {
    case undefined:
      return { kind: 'wait', reason: 'focus_group_unreadable' };
    case 'running':
      return { kind: 'wait', reason: 'focus_group_running' };
    case 'failed': {
      const result = writeResult({ answer: answer.kind === 'answered' ? answer.json : undefined });
      const { detail } = state;
      return { kind: 'fail', failure: { reason: 'focus_group_failed', detail, result, spent: 'estimate' } };
    }
    case 'done':
      return state;
  }
}

async function settleLook(
  { delivery, trigger }: RunScene,
  look: Look,
  pending: PendingPerformer<Action>,
  { now }: RunnerDependencies,
): Promise<RunOutcome> {
  switch (look.kind) {
    case 'wait':
      return await delivery.wait({ untilMs: now() + pending.everyMs(trigger.run), reason: look.reason });
    case 'fail':
      return await delivery.fail(look.failure);
    case 'done':
      delivery.note('answered');
      return await delivery.finish(look.result.creditsUsed, writeResult(look.result.result));
  }
}

function readState(
  json: unknown,
  pending: PendingPerformer<Action>,
  action: Action,
): PendingState | undefined {
  try {
    return pending.read(json, action);
  } catch (error) {
    if (isSchemaError(error)) {
      return undefined;
    }
    throw error;
  }
}
