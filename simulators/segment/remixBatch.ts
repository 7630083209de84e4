import type { SegmentBatch } from './payload.ts';

/**
 * The batches that a retry makes of one batch: its events in another order, cut in two where there are
 * several. So events meet again in other company, as they do at Segment.
 *
 * Source: Segment docs, "batches might contain different events between retry attempts".
 */
export function remixBatch(batch: SegmentBatch, random: () => number): readonly SegmentBatch[] {
  const events = [...batch];
  for (let index = events.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const swapped = events[index] ?? null;
    events[index] = events[other] ?? null;
    events[other] = swapped;
  }
  if (events.length < 2) {
    return [events];
  }
  const cut = 1 + Math.floor(random() * (events.length - 1));
  return [events.slice(0, cut), events.slice(cut)];
}
