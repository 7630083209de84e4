import type { SegmentEvent } from './event.ts';

/** The event that `npm run connect` sends through Segment, to see it arrive. */
export const connectionTestEvent = 'Mavera Triggers Connection Test';

/** What lets it through a mapping, beside what the triggers want. */
export const connectionTestFilter = `type = "track" and event = "${connectionTestEvent}"`;

/**
 * Whether an event only proves that events arrive: it is claimed as any that a trigger wants, so that the ledger shows
 * its arrival, and starts no run.
 */
export function isConnectionTest({ type, event }: Pick<SegmentEvent, 'type' | 'event'>): boolean {
  return type === 'track' && event === connectionTestEvent;
}
