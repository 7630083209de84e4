import type { SegmentEvent } from './event.ts';

/** The event that `npm run connect` sends through Segment to see it arrive. */
export const connectionTestEvent = 'Mavera Triggers Connection Test';

/** The filter that passes it through a mapping, beside the filters of the triggers. */
export const connectionTestFilter = `type = "track" and event = "${connectionTestEvent}"`;

/**
 * Whether an event only tests the connection. It is claimed like an event that a trigger wants, so the ledger shows its
 * arrival, but it starts no run.
 */
export function isConnectionTest({ type, event }: Pick<SegmentEvent, 'type' | 'event'>): boolean {
  return type === 'track' && event === connectionTestEvent;
}
