import type { OverlapAnswers } from '../../overlap/measureOverlap.ts';
import { atMost } from '../limit.ts';
import type { Figures } from '../row.ts';

/** How copies of an event that come at once are answered. */
export function overlapRows(overlap: OverlapAnswers): readonly Figures[] {
  const { copies, mappings, events, refused, queuedTwice } = overlap;
  return [
    {
      name: `${copies} copies of an event at once, by ${mappings} mappings: answered 503`,
      receiver: refused,
      digits: 0,
      limit: atMost(0),
    },
    { name: '  … events queued twice', receiver: queuedTwice, digits: 0, limit: atMost(0) },
    { name: '  … events tried', receiver: events, digits: 0 },
  ];
}
