import { isPlainObject, type SegmentEvent } from './event.ts';

/** What the message ids of our own reports to Segment begin with; a run's id of 40 hex characters follows. */
export const reportIdPrefix = 'mavera-run-';

/** What they say that they were sent with. */
export const libraryName = 'mavera-triggers';

const ownReport = new RegExp(`^${reportIdPrefix}[0-9a-f]{40}`);

/**
 * Whether an event is the report of a run that Segment has sent back to us: it starts nothing, or a trigger that wants
 * every event would spend credits on its own results for ever.
 */
export function isOwnReport({ messageId, context: { library } }: SegmentEvent): boolean {
  const isOurs = isPlainObject(library) && library.name === libraryName;
  return isOurs || (messageId !== undefined && ownReport.test(messageId));
}
