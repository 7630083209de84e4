import { randomUUID } from 'node:crypto';
import type { RunEnd } from '../ledger/runItem.ts';
import { parseRunMessage, type RunMessage } from '../queue/runMessage.ts';
import { resultMessage } from '../results/resultMessage.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { LeasedRun } from './leasedRun.ts';
import { performRun } from './performRun.ts';
import { reportResult } from './reportResult.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

/** Added to what is left of an invocation, for clocks that differ. */
const leaseMarginMs = 2_000;
/** SQS delays by whole seconds, so a run may come back this early. */
const earlyByMs = 2_000;

/** One delivery of a queue message. */
export interface Delivery {
  readonly body: string;
  /** How often SQS has delivered this message, this time included. */
  readonly receiveCount: number;
  /** What is left of this invocation. */
  readonly remainingMs: number;
}

/** How a delivery ended, and of which run. */
export interface HandledDelivery extends RunOutcome {
  /** Absent when the message was not a run. */
  readonly run?: RunMessage;
}

/**
 * Handles one delivery of a queue message: takes the lease of its run, if no other delivery has it, and performs it.
 *
 * @throws what the AWS SDK throws when ledger, queue or topic do not answer, and LeaseLostError; the message must
 * then be reported as failed, so that it comes back
 */
export async function handleDelivery(
  delivery: Delivery,
  dependencies: RunnerDependencies,
): Promise<HandledDelivery> {
  const parsed = readMessage(delivery.body);
  if (!parsed.ok) {
    const reason = 'message_unreadable';
    await dependencies.queues.deadLetter(delivery.body, { reason, detail: parsed.problem });
    return { outcome: 'failed', reason };
  }
  const run = parsed.message;
  const nowMs = dependencies.now();
  if (run.notBeforeMs !== undefined && run.notBeforeMs - nowMs > earlyByMs && nowMs < run.deadlineAtMs) {
    await dependencies.queues.sendLater(run, nowMs);
    return { run, outcome: 'waiting', reason: 'not_yet', waitMs: Math.round(run.notBeforeMs - nowMs) };
  }
  const outcome =
    run.report === undefined
      ? await leaseAndPerform(run, delivery, dependencies)
      : await reportResult(run, delivery.body, dependencies);
  return { run, ...outcome };
}

async function leaseAndPerform(
  message: RunMessage,
  delivery: Delivery,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { runs, queues, settings, now } = dependencies;
  const nowMs = now();
  const isRedriven =
    message.redrive !== undefined && (await runs.redrive(message.runId, message.redrive, nowMs));
  const lease = { runId: message.runId, owner: randomUUID() };
  const taken = await runs.take(lease, message, {
    nowMs,
    leaseUntilMs: nowMs + delivery.remainingMs + leaseMarginMs,
    expiresAtSeconds: Math.ceil((Math.max(nowMs, message.deadlineAtMs) + settings.runRetentionMs) / 1000),
  });
  if (taken.kind === 'busy') {
    // Without its slot, which will be over by then.
    await queues.sendLater({ ...message, notBeforeMs: taken.leaseUntilMs, slotAtMs: undefined }, nowMs);
    return { outcome: 'repeated', reason: 'held_by_another', waitMs: taken.leaseUntilMs - nowMs };
  }
  if (taken.kind === 'finished') {
    // An earlier delivery of this message, or of the one before it, may have died before it published the end.
    const cameBack = delivery.receiveCount > 1 || message.notBeforeMs !== undefined;
    if (cameBack && !taken.isReported) {
      await announceEnd(message, taken.end, taken.finishedAtMs, dependencies);
    }
    return { outcome: 'repeated', reason: 'finished_before' };
  }
  const endsAtMs = nowMs + delivery.remainingMs;
  const run = new LeasedRun(message, { body: delivery.body, endsAtMs }, lease, taken, dependencies);
  if (isRedriven) {
    run.note('redriven');
  } else if (taken.history.length === 0) {
    run.note('taken');
  }
  // A copy of a message whose run has since been told to wait: it waits as well.
  if (taken.notBeforeMs - nowMs > earlyByMs && nowMs < message.deadlineAtMs) {
    await run.wait({ untilMs: taken.notBeforeMs, reason: 'not_yet' });
  } else {
    await performRun(run, dependencies);
  }
  if (run.recordedEnd !== undefined) {
    // A delivery that finds the end recorded but not announced announces it again: see above.
    await announceEnd(message, run.recordedEnd.end, run.recordedEnd.finishedAtMs, dependencies);
  }
  return run.outcome;
}

/**
 * Publishes how a run has ended to the results topic. Where the trigger wants it, a message of its own has the result
 * reported to Segment, so that no failure there touches the run.
 *
 * @throws what the AWS SDK throws when topic or queue do not answer
 */
async function announceEnd(
  message: RunMessage,
  end: RunEnd,
  finishedAtMs: number,
  { results, queues, triggers, now }: RunnerDependencies,
): Promise<void> {
  const trigger = triggers.get(message.trigger);
  await results.publish(resultMessage(message, trigger?.run.kind, end, finishedAtMs));
  if (end.state === 'done' && trigger?.toSegment !== undefined) {
    const report = { ...message, notBeforeMs: undefined, slotAtMs: undefined, report: { attempts: 0 } };
    await queues.sendLater(report, now());
  }
}

type ReadMessage =
  | { readonly ok: true; readonly message: RunMessage }
  | { readonly ok: false; readonly problem: string };

function readMessage(body: string): ReadMessage {
  try {
    return { ok: true, message: parseRunMessage(body) };
  } catch (error) {
    const problem = isSchemaError(error) ? describeSchemaError(error) : 'it is not JSON';
    return { ok: false, problem: `The message is not a run: ${problem}` };
  }
}
