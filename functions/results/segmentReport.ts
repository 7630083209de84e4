import { shortened } from '../ledger/shortened.ts';
import { libraryName } from '../sources/segment/event.ts';
import { cutContent, type DoneRun, reportId, resultOf, traitsOf } from './reportContent.ts';

/** One message for Segment's Tracking API. */
export type TrackingEvent = Readonly<Record<string, unknown>>;

/**
 * Makes what is reported to Segment about a run, for the event's user: a `track` event, an `identify`, both, or nothing.
 * The message ids derive from the run, so that Segment drops repeats. Strings too long for Segment end in `[…cut]`.
 * Source: Segment HTTP API, `POST /v1/batch`.
 *
 * @throws what the trigger's `identify` function throws, and TypeError when it returns no traits
 */
export function segmentReport(run: DoneRun): readonly TrackingEvent[] {
  const { message, trigger } = run;
  const { userId, anonymousId } = message.event;
  const { toSegment } = trigger;
  if (toSegment === undefined || (userId === undefined && anonymousId === undefined)) {
    return [];
  }
  const id = reportId(message);
  const shared = {
    userId,
    anonymousId,
    timestamp: new Date(run.finishedAtMs).toISOString(),
    context: { library: { name: libraryName } },
  };
  const events: TrackingEvent[] = [];
  if (toSegment.track === true) {
    const properties = cutContent({
      runId: message.runId,
      trigger: trigger.name,
      action: trigger.run.kind,
      creditsUsed: run.creditsUsed,
      sourceMessageId: shortened(message.messageId),
      result: resultOf(run),
    });
    const event = 'Mavera Research Completed';
    events.push({ type: 'track', event, messageId: `${id}-track`, ...shared, properties });
  }
  const traits = traitsOf(toSegment, run);
  if (traits !== undefined) {
    events.push({ type: 'identify', messageId: `${id}-identify`, ...shared, traits });
  }
  return events;
}
