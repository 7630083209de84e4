import { randomUUID } from 'node:crypto';
import type { DoneRun } from '../results/reportContent.ts';
import { type SegopsEvent, segopsReport } from '../results/segopsReport.ts';
import {
  type CallAnswer,
  faultOf,
  isThrottled,
  mayBeBilled,
  retryAfterMsOf,
  statusOf,
} from '../systems/callAnswer.ts';
import type { SystemAnswer } from '../systems/systemsGate.ts';
import { thrownMessage } from '../triggers/shown.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { MadeAttempt, ReportAttempt } from './runOutcome.ts';

/** Longer than the wait for the system's pace (5 s) and a call with each of two keys (10 s) take together. */
const leaseMs = 30_000;
/** How long a report waits for an operator to fill in or correct the API key, without jitter. */
const noKeyWaitMs = 4 * 60_000;
/** The wait after a 429 without `Retry-After`: SegOps counts calls by the minute. */
const rateLimitedMs = 60_000;

/**
 * Makes one attempt to report a result to SegOps. SegOps does not recognise repeats, so that what has arrived is noted
 * before the message is deleted, and a report that may have arrived is counted when it is sent again.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function reportToSegops(
  run: DoneRun,
  { segopsReports, gate, now }: RunnerDependencies,
): Promise<MadeAttempt> {
  let events: readonly SegopsEvent[];
  try {
    events = segopsReport(run);
  } catch (error) {
    const detail = `The trigger's toSegOps.identify threw: ${thrownMessage(error)}`;
    return { kind: 'failed', reason: 'segops_report_failed', detail };
  }
  if (events.length === 0) {
    return { kind: 'over', reason: 'nothing_to_report' };
  }
  const { runId, trigger } = run.message;
  const lease = { runId, owner: randomUUID() };
  const begunAtMs = now();
  const begun = await segopsReports.begin(lease, begunAtMs, begunAtMs + leaseMs);
  if (begun.kind === 'over') {
    return { kind: 'repeated', reason: 'finished_before' };
  }
  if (begun.kind === 'busy') {
    const afterMs = Math.max(0, begun.leaseUntilMs - now());
    return { kind: 'repeated', reason: 'held_by_another', afterMs };
  }
  const request = { body: { events } };
  const answer = await gate.call({ agent: `trigger/${trigger}`, operation: 'sendToSegops', request, runId });
  const attempt = judgeSegopsAnswer(answer, events.length, now());
  await (attempt.kind === 'over'
    ? segopsReports.noteSent(runId, now())
    : segopsReports.noteUnsent(lease, mayHaveArrived(answer)));
  return { ...attempt, isResent: begun.sendsBefore > 0 && wasSent(answer) };
}

/** What an answer of SegOps means for the report of so many events. */
export function judgeSegopsAnswer(answer: SystemAnswer, events: number, nowMs: number): ReportAttempt {
  switch (answer.kind) {
    case 'answered':
      return judgeTaken(answer.json, events);
    case 'not_allowed':
      return { kind: 'failed', reason: 'not_allowed', detail: answer.detail };
    case 'no_credentials':
      return waitForKey(answer.detail);
    case 'busy': {
      const detail = 'All calls to SegOps in the next seconds are taken';
      const afterMs = Math.max(0, answer.untilMs - nowMs);
      return { kind: 'again', reason: 'system_busy', detail, isAttempt: false, afterMs };
    }
    default:
      return judgeFailure(answer);
  }
}

/** SegOps answers 202 and drops events that are not valid; only a count says so. */
function judgeTaken(json: unknown, events: number): ReportAttempt {
  const skipped = skippedIn(json);
  if (skipped === 0) {
    return { kind: 'over' };
  }
  const detail =
    `SegOps has dropped ${skipped} of ${events} events because they are not valid there` +
    (skipped < events ? '; it has taken the other one, which a redrive would send again' : '');
  return { kind: 'failed', reason: 'segops_report_failed', detail };
}

function judgeFailure(answer: Exclude<CallAnswer, { readonly kind: 'answered' }>): ReportAttempt {
  const status = statusOf(answer);
  const detail = answer.kind === 'refused' ? `SegOps answered ${status} ${answer.error.code}` : answer.detail;
  const afterMs = retryAfterMsOf(answer);
  if (isThrottled(answer)) {
    const least = afterMs ?? rateLimitedMs;
    return { kind: 'again', reason: 'segops_unavailable', detail, isAttempt: false, afterMs: least };
  }
  if (answer.kind === 'refused' && (status === 401 || status === 403)) {
    return waitForKey(`SegOps does not accept the API key: it answered ${status}`);
  }
  if (answer.kind === 'refused' && faultOf(answer.error) === 'request') {
    return { kind: 'failed', reason: 'segops_report_failed', detail };
  }
  return { kind: 'again', reason: 'segops_unavailable', detail, isAttempt: true, afterMs };
}

function waitForKey(detail: string): ReportAttempt {
  return { kind: 'again', reason: 'segops_key_missing', detail, isAttempt: false, afterMs: noKeyWaitMs };
}

/** Whether a call was made, and the request got out. */
function wasSent(answer: SystemAnswer): boolean {
  return !['busy', 'no_credentials', 'not_allowed', 'unreachable'].includes(answer.kind);
}

/** Whether SegOps may have taken events of a call that has not brought the report to its end. */
function mayHaveArrived(answer: SystemAnswer): boolean {
  switch (answer.kind) {
    case 'busy':
    case 'no_credentials':
    case 'not_allowed':
      return false;
    case 'answered':
      return queuedIn(answer.json) !== 0;
    default:
      return mayBeBilled(answer);
  }
}

function skippedIn(json: unknown): number {
  return countIn(json, 'skipped') ?? 0;
}

/** `undefined` when SegOps does not say it. */
function queuedIn(json: unknown): number | undefined {
  return countIn(json, 'queued');
}

function countIn(json: unknown, name: 'queued' | 'skipped'): number | undefined {
  const counts = typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  const count = counts[name];
  return typeof count === 'number' ? count : undefined;
}
