import type { HistoryEntry } from '../ledger/runItem.ts';
import { explainReason } from './reasons.ts';

const sentences: Readonly<Record<HistoryEntry['what'], string>> = {
  taken: 'A runner took it.',
  waits: 'It waited',
  calls: 'It called Mavera.',
  answered: 'Mavera answered.',
  recovered: 'The work of a call whose answer was lost was found at Mavera.',
  done: 'It was done.',
  failed: 'It failed.',
  skipped: 'It was skipped.',
  redriven: 'An operator redrove it.',
  reported: 'Its result was reported to Segment.',
  approved: 'It was approved',
  denied: 'It was denied',
  cancelled: 'It was cancelled',
};

/**
 * What happened to a run, in plain words.
 *
 * @param writeTime writes a moment, given in epoch milliseconds
 */
export function describeEntry(
  { what, reason, untilMs, times, lastAtMs, by }: HistoryEntry,
  writeTime: (ms: number) => string,
): string {
  if (what === 'approved' || what === 'denied' || what === 'cancelled') {
    return `${sentences[what]} by ${by ?? 'an operator'}.`;
  }
  // The reason of a done run is only `done`.
  const why = reason === undefined || reason === what ? '' : ` ${explainReason(reason)}`;
  if (what !== 'waits') {
    return `${sentences[what]}${why}`;
  }
  const until = untilMs === undefined ? '' : ` until ${writeTime(untilMs)}`;
  const often =
    times === undefined
      ? ''
      : `, for the ${ordinal(times)} time in a row${lastAtMs === undefined ? '' : ` at ${writeTime(lastAtMs)}`}`;
  return `${sentences.waits}${until}${often}.${why}`;
}

function ordinal(count: number): string {
  const rest = count % 100;
  const ending = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
