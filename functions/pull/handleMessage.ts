import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import type { PullCounts, PullCursor, PullEnd } from '../ledger/pullCursor.ts';
import type { PullLease } from '../ledger/pullCursors.ts';
import { pullOf, type TriggerPull } from '../pulls/pullOf.ts';
import { isDue } from '../pulls/pullSchedule.ts';
import { comparersOf } from '../triggers/pulledChain.ts';
import { endedLate, endOccurrence, endOverdue, failOccurrence, tellEnd } from './endOccurrence.ts';
import type { CallsStopped } from './makeCalls.ts';
import { planRuns } from './planRuns.ts';
import type { PullDependencies } from './pullDependencies.ts';
import type { PullMessage } from './pullMessage.ts';
import { markState } from './stateCircle.ts';
import { type StepOutcome, takeStep } from './takeStep.ts';

/** How often one step is tried again, each time after its backoff: together about an hour and a half. */
const mostRepeats = 12;
const troubleBackoff = { firstMs: 10_000, longestMs: 900_000 };
/** The ledger and the results topic take no message of any length, and a step may throw one. */
const mostDetailCharacters = 1_000;
/** The lease ends a little after the work, whose clock may be another one. */
const leaseMarginMs = 10_000;

/** One delivery that works on an occurrence. */
interface Work {
  readonly pulled: TriggerPull;
  readonly lease: PullLease;
  readonly cursor: PullCursor;
}

/**
 * Handles a message of the puller's queue: it starts an occurrence, or takes one step of it.
 *
 * The order of a step is: runs to the queue, then what was queued and seen of each item, then the cursor, then the next
 * message. So a crash at any line repeats the step, and each item's run is the same one.
 *
 * @throws what the AWS SDK throws when the ledger or a queue does not answer: the message then comes again
 */
export async function handleMessage(message: PullMessage, dependencies: PullDependencies): Promise<void> {
  const trigger = dependencies.triggers.get(message.trigger);
  const pulled = trigger === undefined ? undefined : pullOf(trigger);
  if (pulled === undefined) {
    await endRemoved(message, dependencies);
    return;
  }
  await (message.kind === 'start'
    ? startOccurrence(message, pulled, dependencies)
    : handleStep(message, pulled, dependencies));
}

async function endRemoved(message: PullMessage, dependencies: PullDependencies): Promise<void> {
  await failOccurrence(
    message,
    `There is no trigger "${message.trigger}" that pulls: it was removed or renamed`,
    dependencies,
  );
}

async function startOccurrence(
  { trigger, occurrence }: PullMessage,
  { pull, every }: TriggerPull,
  dependencies: PullDependencies,
): Promise<void> {
  const { cursors, queue, settings, now, report } = dependencies;
  // The schedule may fire more often than the pull is due: a chance to notice what nobody works on.
  await endOverdue(trigger, dependencies);
  if (!isDue(trigger, every, occurrence)) {
    return;
  }
  const nowMs = now();
  const endsAtMs = nowMs + settings.pullDeadlineMs;
  const begin = await cursors.begin({ trigger, occurrence, state: pull.start, nowMs, endsAtMs });
  const about = { trigger, occurrence, kind: pull.kind };
  switch (begin.kind) {
    case 'begun':
      report({ what: 'started', ...about });
      await queue.send(stepMessage(begin.cursor), nowMs, nowMs);
      return;
    case 'repeated':
      // The first start may have crashed before its message was sent.
      await queue.send(stepMessage(begin.cursor), begin.cursor.dueAtMs, nowMs);
      return;
    case 'skipped': {
      const since = new Date(begin.cursor.startedAtMs).toISOString();
      const detail = `The occurrence ${begin.cursor.occurrence} is at work since ${since}`;
      report({ what: 'skipped', ...about, detail });
      return;
    }
    case 'known':
      return;
  }
}

/** The message of the step that a cursor stands at. */
function stepMessage({ trigger, occurrence, version }: PullCursor): PullMessage {
  return { version: 1, kind: 'step', trigger, occurrence, step: version };
}

async function handleStep(
  { trigger, occurrence, ...message }: Extract<PullMessage, { kind: 'step' }>,
  pulled: TriggerPull,
  dependencies: PullDependencies,
): Promise<void> {
  const { cursors, queue, settings, now, newOwner } = dependencies;
  const nowMs = now();
  const lease: PullLease = { trigger, occurrence, owner: newOwner() };
  const taken = await cursors.take(lease, nowMs, nowMs + settings.stepMs + leaseMarginMs);
  if (taken.kind === 'over') {
    await tellEnd(trigger, dependencies);
    return;
  }
  if (taken.kind === 'leased') {
    // Its delivery may have died: then this message goes on.
    await queue.send(
      { version: 1, kind: 'step', trigger, occurrence, step: message.step },
      taken.untilMs,
      nowMs,
    );
    return;
  }
  try {
    await workOn(message.step, { pulled, lease, cursor: taken.cursor }, dependencies);
  } catch (error) {
    // The message comes again before the lease would end.
    await cursors.release(lease).catch(() => undefined);
    throw error;
  }
}

async function workOn(step: number, work: Work, dependencies: PullDependencies): Promise<void> {
  const { pulled, lease, cursor } = work;
  const { cursors, queue, settings, now } = dependencies;
  const nowMs = now();
  if (nowMs >= cursor.endsAtMs) {
    await fail(work, endedLate(cursor), dependencies);
    return;
  }
  if (step < cursor.version || nowMs < cursor.dueAtMs) {
    // An old message: the one that it was followed by may have been lost in a crash. Or the wait is longer than SQS's.
    await cursors.release(lease);
    await queue.send(stepMessage(cursor), cursor.dueAtMs, nowMs);
    return;
  }
  const context = { startedAtMs: cursor.startedAtMs };
  const untilMs = nowMs + settings.stepMs;
  await settle(work, await takeStep(pulled, cursor.state, context, untilMs, dependencies), dependencies);
}

/** Stores what a step came to. */
async function settle(work: Work, outcome: StepOutcome, dependencies: PullDependencies): Promise<void> {
  const { cursor } = work;
  switch (outcome.kind) {
    case 'told':
      return await queueEvents(work, outcome, dependencies);
    case 'failed':
      return await fail(work, outcome.detail, dependencies);
    case 'busy':
      return await wait(work, outcome.untilMs, cursor.failures, outcome.detail, dependencies);
    case 'trouble':
      return await wait(
        work,
        dependencies.now() + backoffMs(outcome, cursor.failures, dependencies.random()),
        cursor.failures + 1,
        outcome.detail,
        dependencies,
      );
  }
}

function backoffMs(
  { retryAfterMs = 0 }: Extract<CallsStopped, { kind: 'trouble' }>,
  times: number,
  random: number,
): number {
  const longestMs = exponentialBackoffMs({ ...troubleBackoff, times });
  return Math.max(retryAfterMs, longestMs * (0.5 + random / 2));
}

async function queueEvents(
  work: Work,
  { told, calls, rows }: Extract<StepOutcome, { kind: 'told' }>,
  dependencies: PullDependencies,
): Promise<void> {
  const { pulled, lease, cursor } = work;
  const { trigger, occurrence } = lease;
  const { cursors, pulledItems, seenItems, triggers, queue, settings, now, report } = dependencies;
  const { events = [], next, waitMs = 0 } = told;
  const { mark, circle } = markState(cursor.mark, told, cursor.version + 1);
  if (circle !== undefined) {
    return await fail(work, circle, dependencies);
  }
  const nowMs = now();
  const last = await pulledItems.read(trigger, [...new Set(events.map(({ item }) => item))]);
  const { startedAtMs, counts: before } = cursor;
  const { runDeadlineMs } = settings;
  const plan = planRuns(pulled, events, last, {
    occurrence,
    startedAtMs,
    counts: before,
    nowMs,
    runDeadlineMs,
    step: cursor.version,
  });
  if (plan.problem !== undefined) {
    report({ what: 'passedOver', trigger, occurrence, kind: pulled.pull.kind, detail: plan.problem });
  }
  await queue.sendRuns(plan.runs);
  await pulledItems.keep(trigger, { occurrence, step: cursor.version }, plan.queued, nowMs);
  const comparers = comparersOf(pulled.trigger, triggers);
  await pulledItems.renew(trigger, plan.unchanged, nowMs, comparers);
  if (comparers.length > 0) {
    await seenItems.note(trigger, occurrence, plan.seen, nowMs);
  }
  const counts = {
    ...plan.counts,
    steps: plan.counts.steps + 1,
    calls: plan.counts.calls + calls,
    rows: plan.counts.rows + rows,
  };
  if (next === undefined) {
    return await end(work, endWith(counts, plan.problem), dependencies);
  }
  const dueAtMs = now() + waitMs;
  await cursors.advance(lease, cursor.version, { state: next, dueAtMs, counts, mark });
  await goOn(lease, dependencies);
}

/**
 * Sends the message of the step that an occurrence stands at now. A write that is refused may have been made although its answer
 * was lost: so what stands in the ledger decides, and another message for the same step does no harm.
 */
async function goOn(
  { trigger, occurrence }: PullLease,
  { cursors, queue, now }: PullDependencies,
): Promise<void> {
  const cursor = (await cursors.read([trigger])).get(trigger);
  if (cursor?.isAtWork === true && cursor.occurrence === occurrence) {
    await queue.send(stepMessage(cursor), cursor.dueAtMs, now());
  }
}

/** An occurrence of which nothing could be used has failed, whatever its steps say. */
function endWith(counts: PullCounts, problem: string | undefined): PullEnd {
  const { items, unusable } = counts;
  return items > 0 && unusable === items
    ? { status: 'failed', detail: `None of its items can be used. ${problem ?? ''}`.trim(), counts }
    : { status: 'done', counts };
}

async function wait(
  { pulled, lease, cursor }: Work,
  untilMs: number,
  failures: number,
  detail: string,
  dependencies: PullDependencies,
): Promise<void> {
  const { cursors, report } = dependencies;
  if (failures > mostRepeats) {
    return await fail({ pulled, lease, cursor }, `${detail}, ${failures} times in a row`, dependencies);
  }
  const { trigger, occurrence } = lease;
  if (
    await cursors.wait(lease, { dueAtMs: untilMs, failures, waitsFor: detail.slice(0, mostDetailCharacters) })
  ) {
    report({ what: 'waits', trigger, occurrence, kind: pulled.pull.kind, detail, untilMs });
  }
  await goOn(lease, dependencies);
}

async function fail(work: Work, detail: string, dependencies: PullDependencies): Promise<void> {
  await end(work, { status: 'failed', detail, counts: work.cursor.counts }, dependencies);
}

async function end({ lease, cursor }: Work, pullEnd: PullEnd, dependencies: PullDependencies): Promise<void> {
  const detail = pullEnd.detail?.slice(0, mostDetailCharacters);
  await endOccurrence(lease, cursor, { ...pullEnd, detail }, dependencies);
}
