import type { HistoryEntry } from '../../../functions/ledger/runHistory.ts';
import { explainReason } from '../../../functions/run/reasons.ts';
import { localTime } from '../format/localTime.ts';

const sentences: Readonly<Record<HistoryEntry['what'], string>> = {
  taken: 'A runner has taken it.',
  waits: 'It waits',
  calls: 'It calls Mavera.',
  answered: 'Mavera has answered.',
  recovered: 'The work of a call whose answer was lost was found at Mavera.',
  done: 'It is done.',
  failed: 'It is given up.',
  skipped: 'It is not made.',
  redriven: 'An operator has it made again.',
  reported: 'Its result was reported to Segment.',
};

/** What happened to a run, in plain words. */
export function describeEntry({ what, reason, untilMs, times, lastAtMs }: HistoryEntry): string {
  // A run that is done has no reason but that.
  const why = reason === undefined || reason === what ? '' : ` ${explainReason(reason)}`;
  if (what !== 'waits') {
    return `${sentences[what]}${why}`;
  }
  const until = untilMs === undefined ? '' : ` until ${localTime(untilMs)}`;
  const often =
    times === undefined
      ? ''
      : `, for the ${ordinal(times)} time in a row${lastAtMs === undefined ? '' : ` at ${localTime(lastAtMs)}`}`;
  return `${sentences.waits}${until}${often}.${why}`;
}

function ordinal(count: number): string {
  const rest = count % 100;
  const ending = rest >= 11 && rest <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
