import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { segmentReport, type TrackingEvent } from '../results/segmentReport.ts';
import { sendToSegment, type TrackingAnswer } from '../results/segmentTracking.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { Reason } from './reasons.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { RunOutcome } from './runOutcome.ts';

/** Attempts after which a report is dead-lettered. */
const maxAttempts = 10;
const backoff = { firstMs: 10_000, longestMs: 15 * 60_000 };
/** How long a report waits for an operator to fill in the write key. */
const noKeyWaitMs = 5 * 60_000;

/**
 * Reports the result of a finished run to Segment. The report has its own retries. If it fails, the run is still done:
 * Mavera is never called again.
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
  const found = await runs.readEnd(message.runId);
  if (found === undefined) {
    return await deadLetter(message, body, 'run_unknown', 'The ledger has no item of this run', dependencies);
  }
  const { end, finishedAtMs, isReported } = found;
  const trigger = triggers.get(message.trigger);
  if (isReported || end?.state !== 'done' || end.result === undefined || trigger?.toSegment === undefined) {
    return { outcome: 'repeated', reason: 'finished_before' };
  }
  let events: readonly TrackingEvent[];
  try {
    const { creditsUsed, result } = end;
    events = segmentReport({ message, trigger, creditsUsed, result, finishedAtMs });
  } catch (error) {
    const detail = `The trigger's toSegment.identify threw: ${thrownMessage(error)}`;
    return await deadLetter(message, body, 'segment_report_failed', detail, dependencies);
  }
  const by = { agent: `trigger/${message.trigger}`, runId: message.runId } as const;
  const answer =
    events.length === 0 ? ({ kind: 'taken' } as const) : await sendToSegment(events, by, dependencies.gate);
  if (answer.kind === 'taken') {
    await runs.noteReport(message.runId, 'sent', now());
    return { outcome: 'reported' };
  }
  if (answer.kind === 'no_key' && now() < message.deadlineAtMs) {
    return await sendLater(message, answer, dependencies);
  }
  const attempts = (message.report?.attempts ?? 0) + 1;
  if (answer.kind === 'again' && attempts < maxAttempts && now() < message.deadlineAtMs) {
    return await sendLater(message, answer, dependencies);
  }
  const reason = answer.kind === 'not_allowed' ? 'not_allowed' : 'segment_report_failed';
  return await deadLetter(message, body, reason, answer.detail, dependencies);
}

async function sendLater(
  message: RunMessage,
  answer: TrackingAnswer,
  { queues, now, random }: RunnerDependencies,
): Promise<RunOutcome> {
  const nowMs = now();
  const before = message.report?.attempts ?? 0;
  const isTry = answer.kind === 'again';
  const longestMs = isTry ? exponentialBackoffMs({ ...backoff, times: before + 1 }) : noKeyWaitMs;
  const waitMs = Math.round((isTry ? (answer.retryAfterMs ?? 0) : 0) + (0.5 + random() / 2) * longestMs);
  const report = { attempts: isTry ? before + 1 : before };
  await queues.sendLater({ ...message, notBeforeMs: nowMs + waitMs, report }, nowMs);
  return { outcome: 'waiting', reason: isTry ? 'segment_unavailable' : 'segment_write_key_missing', waitMs };
}

async function deadLetter(
  { runId }: RunMessage,
  body: string,
  reason: Reason,
  detail: string,
  { queues, runs, now }: RunnerDependencies,
): Promise<RunOutcome> {
  await queues.deadLetter(body, { reason, detail });
  await runs.noteReport(runId, 'failed', now());
  return { outcome: 'failed', reason };
}
