import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import type { ReportedTo } from '../ledger/runItem.ts';
import type { ReportDestination, RunMessage } from '../queue/runMessage.ts';
import type { DoneRun } from '../results/reportContent.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { Reason } from './reasons.ts';
import { reportToSegment } from './reportToSegment.ts';
import { reportToSegops } from './reportToSegops.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { MadeAttempt, ReportAttempt, RunOutcome } from './runOutcome.ts';

/** Attempts after which a report is dead-lettered. */
const maxAttempts = 10;
const backoff = { firstMs: 10_000, longestMs: 15 * 60_000 };

/** For each destination, the field of a trigger that asks for it. */
const fields = { segment: 'toSegment', segops: 'toSegOps' } as const satisfies Readonly<
  Record<ReportDestination, keyof Trigger>
>;
const attempts: Readonly<
  Record<ReportDestination, (run: DoneRun, dependencies: RunnerDependencies) => Promise<MadeAttempt>>
> = { segment: reportToSegment, segops: reportToSegops };

/** Where a trigger's results are reported to. */
function destinationsOf(trigger: Trigger | undefined): readonly ReportDestination[] {
  const all = Object.keys(fields) as ReportDestination[];
  return all.filter((destination) => trigger?.[fields[destination]] !== undefined);
}

/** Whether a run's result has arrived everywhere, so that nothing of its end is left to be announced. */
export function isReported(trigger: Trigger | undefined, reported: ReportedTo): boolean {
  const destinations = destinationsOf(trigger);
  return destinations.length > 0 && destinations.every((destination) => reported[destination]);
}

/**
 * Queues the reports of a run that is done: a message for each destination, so that a failure of one does not repeat the
 * other, or affect the run.
 *
 * @throws what the AWS SDK throws when the queue does not answer
 */
export async function sendReports(
  message: RunMessage,
  { queues, triggers, now }: RunnerDependencies,
): Promise<void> {
  // What the run followed is not needed any more.
  const queued = {
    ...message,
    version: 1,
    after: undefined,
    notBeforeMs: undefined,
    slotAtMs: undefined,
  } as const;
  for (const to of destinationsOf(triggers.get(message.trigger))) {
    const report: RunMessage =
      to === 'segment'
        ? { ...queued, report: { attempts: 0 } }
        : { ...queued, version: 2, report: { attempts: 0, to } };
    await queues.sendLater(report, now());
  }
}

/**
 * Reports the result of a finished run to one destination. The report has its own retries. If it fails, the run is still
 * done: Mavera is never called again.
 *
 * @param body the queue message as it came
 * @throws what the AWS SDK throws when ledger or queue do not answer; the message then comes back
 */
export async function reportResult(
  message: RunMessage,
  body: string,
  dependencies: RunnerDependencies,
): Promise<RunOutcome> {
  const { runs, triggers, now } = dependencies;
  const to = message.report?.to ?? 'segment';
  const found = await runs.readEnd(message.runId);
  if (found === undefined) {
    const detail = 'The ledger has no item of this run';
    return await deadLetter(message, body, { reason: 'run_unknown', detail }, dependencies);
  }
  const { end, finishedAtMs, reported } = found;
  const trigger = triggers.get(message.trigger);
  if (reported[to] || end?.state !== 'done' || end.result === undefined || !trigger?.[fields[to]]) {
    return { outcome: 'repeated', reason: 'finished_before' };
  }
  const { creditsUsed, result } = end;
  const attempt = await attempts[to]({ message, trigger, creditsUsed, result, finishedAtMs }, dependencies);
  const { isResent } = attempt;
  switch (attempt.kind) {
    case 'over':
      return { outcome: 'reported', reason: attempt.reason, isResent };
    case 'failed':
      return { ...(await deadLetter(message, body, attempt, dependencies)), isResent };
    case 'repeated':
      return await comeBack(message, attempt, dependencies);
    case 'again': {
      const made = (message.report?.attempts ?? 0) + (attempt.isAttempt ? 1 : 0);
      const isLast = made >= maxAttempts || now() >= message.deadlineAtMs;
      const outcome = isLast
        ? await deadLetter(message, body, { ...attempt, reason: failureOf[to] }, dependencies)
        : await sendLater(message, attempt, dependencies);
      return { ...outcome, isResent };
    }
  }
}

const failureOf: Readonly<Record<ReportDestination, Reason>> = {
  segment: 'segment_report_failed',
  segops: 'segops_report_failed',
};

async function sendLater(
  message: RunMessage,
  { reason, isAttempt, afterMs = 0 }: Extract<ReportAttempt, { readonly kind: 'again' }>,
  { queues, now, random }: RunnerDependencies,
): Promise<RunOutcome> {
  const nowMs = now();
  const { attempts: before = 0, to } = message.report ?? {};
  const times = before + (isAttempt ? 1 : 0);
  const jitterMs = isAttempt
    ? (0.5 + random() / 2) * exponentialBackoffMs({ ...backoff, times })
    : (random() / 2) * afterMs;
  // At the deadline it is given up, however long SegOps or Segment asks to wait.
  const waitMs = Math.round(Math.min(afterMs + jitterMs, message.deadlineAtMs - nowMs));
  await queues.sendLater({ ...message, notBeforeMs: nowMs + waitMs, report: { attempts: times, to } }, nowMs);
  return { outcome: 'waiting', reason, waitMs };
}

/** A repeated message, which comes back if the delivery that it has met may fail. */
async function comeBack(
  message: RunMessage,
  { reason, afterMs }: Extract<ReportAttempt, { readonly kind: 'repeated' }>,
  { queues, now }: RunnerDependencies,
): Promise<RunOutcome> {
  if (afterMs !== undefined) {
    const nowMs = now();
    await queues.sendLater({ ...message, notBeforeMs: nowMs + afterMs }, nowMs);
  }
  return { outcome: 'repeated', reason, waitMs: afterMs };
}

async function deadLetter(
  { runId, report }: RunMessage,
  body: string,
  why: { readonly reason: Reason; readonly detail: string },
  { queues, runs, segopsReports, now }: RunnerDependencies,
): Promise<RunOutcome> {
  const { reason, detail } = why;
  await queues.deadLetter(body, { reason, detail });
  await (report?.to === 'segops'
    ? segopsReports.noteFailed(runId, now())
    : runs.noteReport(runId, 'failed', now()));
  return { outcome: 'failed', reason };
}
