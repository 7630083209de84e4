import type { SegmentBatch } from './payload.ts';

/**
 * The batches in which a retry sends the events of one batch: in another order, and cut in two if there are several. As
 * at Segment, events are batched differently each time.
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
