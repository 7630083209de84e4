import { shortened, shortenedJson } from '../ledger/shortened.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import { isPlainObject, libraryName, reportIdPrefix } from '../sources/segment/event.ts';
import type { Trigger } from '../triggers/trigger.ts';

/** Segment takes 32 KB per event; the rest is for the members around the content. */
const maxContentBytes = 28_000;

/** A run that is done. */
export interface DoneRun {
  readonly message: RunMessage;
  readonly trigger: Trigger;
  readonly creditsUsed: number | undefined;
  /** JSON of an object. */
  readonly result: string;
  readonly finishedAtMs: number;
}

/** One message for Segment's Tracking API. */
export type TrackingEvent = Readonly<Record<string, unknown>>;

/**
 * Makes what is reported to Segment about a run, for the event's user: a `track` event, an `identify`, both, or nothing.
 * The message ids derive from the run, so that Segment drops repeats. Strings too long for Segment end in `[…cut]`.
 * Source: Segment HTTP API, `POST /v1/batch`.
 *
 * @throws what the trigger's `identify` function throws, and TypeError when it returns no traits
 */
export function segmentReport({ message, trigger, ...run }: DoneRun): readonly TrackingEvent[] {
  const { userId, anonymousId } = message.event;
  const { toSegment } = trigger;
  if (toSegment === undefined || (userId === undefined && anonymousId === undefined)) {
    return [];
  }
  const result = JSON.parse(run.result) as Readonly<Record<string, unknown>>;
  const id = [reportIdPrefix, message.runId, message.redrive ?? ''].join('');
  const shared = {
    userId,
    anonymousId,
    timestamp: new Date(run.finishedAtMs).toISOString(),
    context: { library: { name: libraryName } },
  };
  const events: TrackingEvent[] = [];
  if (toSegment.track === true) {
    const properties = {
      runId: message.runId,
      trigger: trigger.name,
      action: trigger.run.kind,
      creditsUsed: run.creditsUsed,
      sourceMessageId: shortened(message.messageId),
      result,
    };
    const event = 'Mavera Research Completed';
    events.push({ type: 'track', event, messageId: `${id}-track`, ...shared, properties: cut(properties) });
  }
  const traits: unknown = toSegment.identify?.({ event: message.event, trigger: trigger.name, result });
  if (traits !== undefined) {
    if (!isPlainObject(traits) || traits instanceof Promise) {
      throw new TypeError('it has to return an object of traits, or undefined');
    }
    events.push({ type: 'identify', messageId: `${id}-identify`, ...shared, traits: cut(traits) });
  }
  return events;
}

function cut(content: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(shortenedJson(content, maxContentBytes));
}
