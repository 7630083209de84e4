import { randomUUID } from 'node:crypto';
import { type RunEnd, type RunSoFar, soFar, type TakenRun } from '../ledger/runItem.ts';
import { assertLeased, type RunLease, RunNotNewError } from '../ledger/runLease.ts';
import { type RunOpening, redriveNonce } from '../ledger/runs.ts';
import { readSharedOfAll, type SharedState, usesReadyQueue } from '../ledger/sharedState.ts';
import { type CancelMessage, parseQueueMessage, type RunMessage } from '../queue/runMessage.ts';
import { resultMessage } from '../results/resultsTopic.ts';
import { describeSchemaError, isSchemaError } from '../schema/schemaError.ts';
import { sendFollowers } from './followers.ts';
import { isOutage } from './isOutage.ts';
import { LeasedRun } from './leasedRun.ts';
import { performRun } from './performRun.ts';
import { isReported, reportResult, sendReports } from './reportResult.ts';
import type { Door, RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

/** Added to the invocation's remaining time, because clocks differ. */
const leaseMarginMs = 2_000;
/** How many deliveries may end without an outcome before their run is dead-lettered. */
const maxCrashes = 5;
/** SQS delays by whole seconds, so a run may come back this early. */
const earlyByMs = 2_000;

/** One delivery of a queue message. */
export interface Delivery {
  readonly body: string;
  /** @default 'ready' */
  readonly door?: Door | undefined;
  /** At the door `intake`: reads what all runs share that are admitted together. @default each run reads it for itself */
  readonly readShared?: (() => Promise<SharedState>) | undefined;
  /** How often SQS has delivered this message, this time included. */
  readonly receiveCount: number;
  /** How much time this invocation has left. */
  readonly remainingMs: number;
  /** When the message was sent, by SQS's clock; absent if not known. */
  readonly sentAtMs?: number | undefined;
  /** When the run of a dead letter had ended; only for a dead letter that came back. */
  readonly endedAtMs?: number | undefined;
}

/** How a delivery ended, and of which run. */
export interface HandledDelivery extends RunOutcome {
  /** Absent when the message was not a run. */
  readonly run?: RunMessage;
  /** The message of an event that cancels runs. */
  readonly cancel?: CancelMessage;
}

/**
 * Handles one delivery of a queue message. An event that cancels runs is noted. Otherwise it takes the lease of the run,
 * unless another delivery has it, and performs it.
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
  if ('kind' in parsed.message) {
    const { key, atMs, expiresAtMs } = parsed.message;
    await dependencies.cancellations.note(key, atMs, Math.ceil(expiresAtMs / 1000));
    return { cancel: parsed.message, outcome: 'noted' };
  }
  const run = parsed.message;
  const nowMs = dependencies.now();
  const { door = 'ready' } = delivery;
  if (run.notBeforeMs !== undefined && run.notBeforeMs - nowMs > earlyByMs && nowMs < run.deadlineAtMs) {
    await dependencies.queues.sendLater(run, nowMs, door);
    return { run, outcome: 'waiting', reason: 'not_yet', waitMs: Math.round(run.notBeforeMs - nowMs) };
  }
  if (door === 'intake' && !(await hasReadyQueue(delivery, dependencies))) {
    const inOneQueue = { ...dependencies, queues: dependencies.queues.inOneQueue() };
    return {
      run,
      ...(await perform(run, { ...delivery, door: 'ready', readShared: undefined }, inOneQueue)),
    };
  }
  if (door === 'intake' && (run.report !== undefined || run.slotAtMs !== undefined)) {
    // It was sent where all was in one queue: by 0.2.0, or before the dispatcher's first pass.
    await dependencies.queues.sendLater(run, nowMs, 'ready');
    return { run, outcome: 'waiting', reason: 'has_begun', waitMs: 0 };
  }
  return { run, ...(await perform(run, delivery, dependencies)) };
}

/** Whether admitted runs go on in the ready queue. Otherwise they are performed where they are delivered, as up to 0.2.0. */
async function hasReadyQueue(
  { readShared }: Delivery,
  { ledger, now }: RunnerDependencies,
): Promise<boolean> {
  const { dispatcher } = await (readShared?.() ?? readSharedOfAll(ledger, now()));
  return usesReadyQueue(dispatcher, now());
}

async function perform(
  run: RunMessage,
  delivery: Delivery,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  return run.report === undefined
    ? await leaseAndPerform(run, delivery, dependencies)
    : await reportResult(run, delivery.body, dependencies);
}

async function leaseAndPerform(
  message: RunMessage,
  delivery: Delivery,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { runs, queues, now } = dependencies;
  const { endedAtMs, door } = delivery;
  const nowMs = now();
  const opened = await openNew(message, delivery, dependencies);
  if (opened !== undefined) {
    return opened;
  }
  const returned = endedAtMs === undefined ? message : redriven(message, endedAtMs, nowMs);
  const isRedriven =
    returned.redrive !== undefined &&
    (await runs.redrive(message.runId, returned.redrive, nowMs, returned.deadlineAtMs));
  const taken = await take(isRedriven ? returned : message, delivery, dependencies);
  switch (taken.kind) {
    case 'busy':
      // Without its slot, because the slot is over by then.
      await queues.sendLater(
        { ...message, notBeforeMs: taken.leaseUntilMs, slotAtMs: undefined },
        nowMs,
        door,
      );
      return { outcome: 'repeated', reason: 'held_by_another', waitMs: taken.leaseUntilMs - nowMs };
    case 'finished':
      return await meetEnded(message, taken, delivery, dependencies);
    case 'taken': {
      // A copy of an older message does not know that the run was redriven, or has got more time, since.
      const found = isRedriven ? returned : message;
      const redrive = isRedriven ? found.redrive : (taken.soFar.redrive ?? found.redrive);
      const deadlineAtMs = Math.max(found.deadlineAtMs, taken.soFar.deadlineAtMs ?? 0);
      const leased = { ...taken, message: { ...found, redrive, deadlineAtMs }, isRedriven };
      return await performLeased(leased, delivery, dependencies);
    }
  }
}

/**
 * Admits a run whose message comes for the first time, without taking it: its first write makes its item, which saves one. Until
 * then nothing is done that a second delivery at the same time could not do as well. So a run is taken first if it would
 * begin a cooldown, join a collection, look something up or fail.
 *
 * @returns `undefined` if the run has to be taken
 */
async function openNew(
  message: RunMessage,
  delivery: Delivery,
  dependencies: RunnerDependencies,
): Promise<RunOutcome | undefined> {
  const { receiveCount, door, endedAtMs } = delivery;
  const trigger = dependencies.triggers.get(message.trigger);
  const isFirst =
    door === 'intake' &&
    receiveCount === 1 &&
    endedAtMs === undefined &&
    message.redrive === undefined &&
    message.notBeforeMs === undefined;
  if (
    !isFirst ||
    trigger === undefined ||
    (trigger.cooldown ?? trigger.collect ?? trigger.with) !== undefined
  ) {
    return undefined;
  }
  const lease = { runId: message.runId, owner: randomUUID() };
  const opening = { message, expiresAtSeconds: expiresAtSeconds(message, dependencies) };
  const opened = { message, lease, soFar: soFar({}), isRedriven: false, opening };
  try {
    return await performLeased(opened, delivery, dependencies);
  } catch (error) {
    if (error instanceof RunNotNewError) {
      return undefined;
    }
    throw error;
  }
}

/** When the item of a run may be deleted. */
function expiresAtSeconds({ deadlineAtMs }: RunMessage, { settings, now }: RunnerDependencies): number {
  return Math.ceil((Math.max(now(), deadlineAtMs) + settings.runRetentionMs) / 1000);
}

/** Takes the lease of a run for as long as the invocation lasts. */
async function take(
  message: RunMessage,
  { remainingMs }: Delivery,
  dependencies: RunnerDependencies,
): Promise<LeaseAttempt> {
  const { runs, now } = dependencies;
  const nowMs = now();
  const lease = { runId: message.runId, owner: randomUUID() };
  const taken = await runs.take(lease, message, {
    nowMs,
    leaseUntilMs: nowMs + remainingMs + leaseMarginMs,
    expiresAtSeconds: expiresAtSeconds(message, dependencies),
  });
  return taken.kind === 'taken' ? { kind: 'taken', lease, soFar: taken } : taken;
}

type LeaseAttempt =
  | { readonly kind: 'taken'; readonly lease: RunLease; readonly soFar: RunSoFar }
  | Exclude<TakenRun, { readonly kind: 'taken' }>;

/** Performs a run under its lease, and announces its end. */
async function performLeased(
  leased: {
    readonly message: RunMessage;
    readonly lease: RunLease;
    readonly soFar: RunSoFar;
    readonly isRedriven: boolean;
    readonly opening?: RunOpening | undefined;
  },
  { body, remainingMs, door = 'ready', readShared }: Delivery,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { message, lease, soFar } = leased;
  const { runs, now } = dependencies;
  const delivered = { body, door, endsAtMs: now() + remainingMs };
  const run = new LeasedRun(message, delivered, lease, soFar, dependencies, leased.opening);
  try {
    if (leased.isRedriven) {
      run.note('redriven');
    } else if (soFar.history.length === 0) {
      run.note('taken');
    }
    await performOrWait(run, dependencies, readShared);
  } catch (error) {
    if (isOutage(error)) {
      // An outage of AWS is not the run's fault, so it must not count as a crash.
      await runs.letGo(lease).catch(() => undefined);
    }
    throw error;
  }
  if (run.recordedEnd !== undefined) {
    await announceEnd(message, run.recordedEnd.end, run.recordedEnd.finishedAtMs, dependencies);
  }
  return run.outcome;
}

async function performOrWait(
  run: LeasedRun,
  dependencies: RunnerDependencies,
  readShared: Delivery['readShared'],
): Promise<void> {
  const { message, lease, soFar } = run;
  const nowMs = dependencies.now();
  if (soFar.crashes >= maxCrashes) {
    const detail = `${soFar.crashes} deliveries ended without an outcome: the runner crashed, ran out of time or memory, or has a bug. See its log for the reason`;
    await run.fail({
      reason: 'crashed',
      detail,
      spent: run.hasSent ? 'estimate' : 'nothing',
      answerLost: run.hasSent,
    });
    return;
  }
  if (soFar.crashes > 0) {
    assertLeased(await dependencies.runs.noteCrashes(lease, soFar.crashes));
  }
  // An older copy of the message, whose run waits by now: the copy waits too.
  if (soFar.notBeforeMs - nowMs > earlyByMs && nowMs < message.deadlineAtMs) {
    await run.wait({ untilMs: soFar.notBeforeMs, reason: 'not_yet' });
  } else if (run.isAdmission && run.hasBegun) {
    await run.wait({ untilMs: nowMs, reason: 'has_begun' });
  } else {
    await performRun(run, dependencies, readShared);
  }
}

/**
 * Handles the message of a run that has ended. It is a repeat, or a dead letter that SQS's own redrive has sent back. A
 * dead letter redrives its run once, if it was written for the run's last end. Otherwise it goes back to the dead-letter
 * queue, where people find it.
 */
async function meetEnded(
  message: RunMessage,
  { end, finishedAtMs, reported, redrive }: Extract<TakenRun, { readonly kind: 'finished' }>,
  delivery: Delivery,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { endedAtMs } = delivery;
  if (endedAtMs === undefined && !mayBeLetter(message, end, finishedAtMs, delivery)) {
    // An earlier delivery may have died after it recorded the end and before it announced it.
    const cameBack = delivery.receiveCount > 1 || message.notBeforeMs !== undefined;
    if (cameBack && !isReported(dependencies.triggers.get(message.trigger), reported)) {
      // A copy of an older message does not know that the run was redriven since.
      await announceEnd({ ...message, redrive }, end, finishedAtMs, dependencies);
    }
    return { outcome: 'repeated', reason: 'finished_before' };
  }
  const at = new Date(finishedAtMs).toISOString();
  const detail =
    endedAtMs === undefined
      ? `The run failed at ${at}, and its message came again without saying for which end. Put it back once more, or redrive the run by its id`
      : `The run is ${end.state} since ${at}, so this older dead letter does not redrive it. Discard it, or redrive the run by its id`;
  await dependencies.queues.deadLetter(delivery.body, {
    reason: 'letter_outdated',
    detail,
    endedAtMs: endedAtMs ?? finishedAtMs,
  });
  return { outcome: 'repeated', reason: 'letter_outdated' };
}

/**
 * Whether a message may be a dead letter that lost its attributes, or that a release without them wrote: the first message
 * of a failed run, sent after the run's end. It may be a copy as well, so it spends nothing; people find it.
 */
function mayBeLetter(
  { redrive, notBeforeMs, receivedAtMs }: RunMessage,
  end: RunEnd,
  finishedAtMs: number,
  { sentAtMs = 0 }: Delivery,
): boolean {
  const isFirst = redrive === undefined && notBeforeMs === undefined && receivedAtMs <= finishedAtMs;
  return isFirst && end.state === 'failed' && sentAtMs > finishedAtMs + earlyByMs;
}

/** The message of a dead letter that redrives its run, with as much time as the first message had. */
function redriven(message: RunMessage, endedAtMs: number, nowMs: number): RunMessage {
  const { receivedAtMs, deadlineAtMs } = message;
  return {
    ...message,
    redrive: redriveNonce(endedAtMs),
    deadlineAtMs: nowMs + (deadlineAtMs - receivedAtMs),
    notBeforeMs: undefined,
    slotAtMs: undefined,
  };
}

/**
 * Publishes to the results topic how a run has ended, and sends the runs that follow it. What reports its result is the
 * last: when that is done, a repeated message of the run announces nothing.
 *
 * @throws what the AWS SDK throws when topic or queue do not answer
 */
async function announceEnd(
  message: RunMessage,
  end: RunEnd,
  finishedAtMs: number,
  dependencies: RunnerDependencies,
): Promise<void> {
  const { results, triggers, followers } = dependencies;
  const trigger = triggers.get(message.trigger);
  await results.publish(resultMessage(message, trigger?.run.kind, end, finishedAtMs));
  if (end.state === 'done' && followers.has(message.trigger)) {
    await sendFollowers(message, end, finishedAtMs, dependencies);
  }
  if (end.state === 'done' && (trigger?.toSegment ?? trigger?.toSegOps) !== undefined) {
    await sendReports(message, dependencies);
  }
}

type ReadMessage =
  | { readonly ok: true; readonly message: RunMessage | CancelMessage }
  | { readonly ok: false; readonly problem: string };

function readMessage(body: string): ReadMessage {
  try {
    return { ok: true, message: parseQueueMessage(body) };
  } catch (error) {
    const problem = isSchemaError(error) ? describeSchemaError(error) : 'it is not JSON';
    return { ok: false, problem: `The message is not a run: ${problem}` };
  }
}
