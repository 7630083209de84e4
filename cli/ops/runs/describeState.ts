import { approvalLane, notBeforeLane } from '../../../functions/ledger/parkedIndex.ts';
import { explainReason } from '../../../functions/run/reasons.ts';
import { duration } from '../format/duration.ts';
import { localTime } from '../format/localTime.ts';
import { shortRunId } from '../format/shortRunId.ts';
import type { RunDetails } from './runDetails.ts';

/** The state of a run, and why, in a sentence or two. */
export function describeState(run: RunDetails, nowMs: number): string {
  switch (run.state) {
    case 'waiting':
      return describeWaiting(run, nowMs);
    case 'calling':
      return describeCalling(run, nowMs);
    case 'done':
      return describeDone(run);
    case 'failed':
      return `It failed. ${reasonOf(run)}`;
    case 'skipped':
      return `It was skipped. ${reasonOf(run)}${describeCollectedBy(run)}`;
    default:
      return `It has the state "${run.state}", which this version does not know.`;
  }
}

function describeWaiting(run: RunDetails, nowMs: number): string {
  const { leaseUntilMs, notBeforeMs, pending, pendingSinceMs } = run;
  if (leaseUntilMs > nowMs) {
    return `A runner is working on it, until ${when(leaseUntilMs, nowMs)} at the latest.`;
  }
  const work =
    pending === undefined
      ? ''
      : ` Its work at Mavera is ${pending}${pendingSinceMs === undefined ? '' : `, started ${when(pendingSinceMs, nowMs)}`}.`;
  const back =
    describeParked(run, nowMs) ??
    (notBeforeMs > nowMs
      ? `It waits and comes back by itself at ${when(notBeforeMs, nowMs)}.`
      : 'It waits for a free runner.');
  return `${back} ${reasonOf(run)}${work}${describeCollectedBy(run)}`.trimEnd();
}

function describeParked({ parked, updatedAtMs }: RunDetails, nowMs: number): string | undefined {
  if (parked === undefined) {
    return undefined;
  }
  const since = `It has been parked since ${when(updatedAtMs, nowMs)}`;
  switch (parked.lane) {
    case approvalLane:
      return `${since}, until somebody approves or denies it.`;
    case notBeforeLane:
      return `${since}, until ${when(parked.orderMs, nowMs)}.`;
    default:
      return `${since}, with the runs of ${parked.lane}: the dispatcher gives it its slot, oldest first.`;
  }
}

function describeCalling({ leaseUntilMs, lostCallAtMs }: RunDetails, nowMs: number): string {
  const since = lostCallAtMs === undefined ? '' : ` since ${when(lostCallAtMs, nowMs)}`;
  return leaseUntilMs > nowMs
    ? `Mavera is being called${since}.`
    : `Its runner ended while Mavera was being called${since}. It comes back when SQS shows its message again. Then it ` +
        'searches Mavera for the work before it calls again.';
}

function describeDone(run: RunDetails): string {
  const { creditsUsed, collected, tally, segmentReport } = run;
  return [
    creditsUsed === undefined
      ? 'It is done.'
      : `It is done and used ${creditsUsed.toLocaleString('en')} credits.`,
    collected === undefined
      ? ''
      : `It was made for ${collected.toLocaleString('en')} ${tally === undefined ? 'collected' : 'counted'} events.`,
    describeBeyond(run),
    segmentReport === 'sent' ? 'Its result is at Segment.' : '',
    segmentReport === 'failed' ? explainReason('segment_report_failed') : '',
    describeSegopsReport(run),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function describeBeyond({ countedAsOther = 0 }: RunDetails): string {
  return countedAsOther === 0
    ? ''
    : `${countedAsOther} of them have counted as "other": a name was too long, looked personal, or was one too many.`;
}

function describeSegopsReport({ segopsReport, segopsReportSends = 0 }: RunDetails): string {
  switch (segopsReport) {
    case 'sent':
      return segopsReportSends > 1
        ? `Its result is at SegOps, which may have taken it up to ${segopsReportSends} times.`
        : 'Its result is at SegOps.';
    case 'failed':
      return `${explainReason('segops_report_failed')}${
        segopsReportSends > 0 ? ' SegOps may have taken all or part of it.' : ''
      }`;
    case 'sending':
    case 'waiting':
      return 'Its result is on its way to SegOps.';
    default:
      return '';
  }
}

function describeCollectedBy({ state, reason, collectedBy }: RunDetails): string {
  if (reason === 'collecting' && collectedBy !== undefined) {
    return ` Run ${shortRunId(collectedBy)} has closed the collection: this run ends when it comes back.`;
  }
  if (state !== 'skipped' || reason !== 'collected') {
    return '';
  }
  return collectedBy === undefined
    ? ' The ledger no longer has its id.'
    : ` That is run ${shortRunId(collectedBy)}.`;
}

function reasonOf({ reason }: RunDetails): string {
  return reason === undefined ? '' : explainReason(reason);
}

/** A time, and how far away it is: `2026-11-21 14:05:09 (in 4 s)`. */
export function when(ms: number, nowMs: number): string {
  const distance = duration(Math.abs(ms - nowMs));
  return `${localTime(ms)} (${ms > nowMs ? `in ${distance}` : `${distance} ago`})`;
}
