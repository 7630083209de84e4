import type { EndedOccurrence, PullCounts } from '../../../functions/ledger/pullCursor.ts';
import { counted } from '../format/counted.ts';
import { duration } from '../format/duration.ts';
import { when } from '../runs/describeState.ts';
import type { OccurrenceAtWork, PullStatus } from './readPulls.ts';

/** The state of a pull, in a sentence or two. */
export function describePull({ state, atWork, last }: PullStatus, nowMs: number): string {
  if (atWork === undefined) {
    return last === undefined ? 'It has never started.' : describeEnd(last, nowMs);
  }
  const since = `since ${when(atWork.startedAtMs, nowMs)}`;
  return state === 'overdue'
    ? `It has been at work ${since}, and did not end in its time. It fails at its next message, or when it is started again.`
    : `It has been at work ${since}. ${describeWait(atWork, nowMs)}`;
}

/** How an occurrence ended. */
export function describeEnd(
  { status, startedAtMs, endedAtMs, detail }: EndedOccurrence,
  nowMs: number,
): string {
  const how = status === 'done' ? 'It is done' : status === 'failed' ? 'It FAILED' : 'It was stopped';
  const why = detail === undefined ? '' : ` ${withStop(detail)}`;
  return `${how}, ${when(endedAtMs, nowMs)}, after ${duration(endedAtMs - startedAtMs)}.${why}`;
}

/** What an occurrence at work waits for. */
export function describeWait(
  { step, dueAtMs, workedOnUntilMs, failures, waitsFor }: OccurrenceAtWork,
  nowMs: number,
): string {
  if (workedOnUntilMs !== undefined) {
    return `A puller is taking step ${step}.`;
  }
  const tries = failures === 0 ? '' : ` (tried ${counted(failures, 'time')})`;
  const why = waitsFor === undefined ? '' : `: ${waitsFor}`;
  return dueAtMs > nowMs
    ? `Step ${step} waits for ${duration(dueAtMs - nowMs)}${tries}${why}.`
    : `Step ${step} waits for a free puller${tries}.`;
}

/** @example '12 items, 3 runs, 9 unchanged' */
export function describeCounts({
  items,
  runs,
  unchanged,
  leftOut,
  beyond,
  unusable = 0,
}: PullCounts): string {
  return [
    counted(items, 'item'),
    counted(runs, 'run'),
    ...(unchanged === 0 ? [] : [`${count(unchanged)} unchanged`]),
    ...(leftOut === 0 ? [] : [`${count(leftOut)} left out`]),
    ...(beyond === 0 ? [] : [`${count(beyond)} beyond atMost`]),
    ...(unusable === 0 ? [] : [`${count(unusable)} that cannot be used`]),
  ].join(', ');
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
