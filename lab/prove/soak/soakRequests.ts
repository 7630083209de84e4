import type { SegmentPayload, SegmentPayloadEvent } from '../../../simulators/segment/payload.ts';

/** What is sent. */
export interface SoakLoad {
  /** Different events; some are sent twice. */
  readonly events: number;
  /** Share of the events that a trigger wants. */
  readonly wantedShare: number;
  /** Share of these whose runs are followed by others. */
  readonly chainedShare: number;
  /** Share of the events that are sent again, in another request. */
  readonly repeatedShare: number;
  /** Share of the requests that carry one event alone. */
  readonly singleShare: number;
  readonly largestBatch: number;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
}

/** One request, and how many of its events were in an earlier one. */
export interface SoakRequest {
  readonly payload: SegmentPayload;
  readonly repeated: number;
}

/** `chained`: a trigger wants the event, and another one follows its run. */
export type SoakKind = 'wanted' | 'chained' | 'ignored';

/** The id of an event; it says of which kind the event is. */
export function soakMessageId(index: number, kind: SoakKind): string {
  return `soak-${kind}-${index}`;
}

/** What Mavera has to do once for the event with this id. */
export function workOf(messageId: string): readonly string[] {
  if (messageId.startsWith('soak-chained-')) {
    return [messageId, `${messageId}/follower`];
  }
  return messageId.startsWith('soak-wanted-') ? [messageId] : [];
}

/** Requests as Segment makes them: single events and batches mixed, some events for the second time. */
export function* soakRequests(load: SoakLoad): Generator<SoakRequest> {
  const { events, wantedShare, chainedShare, repeatedShare, singleShare, largestBatch, random } = load;
  const again: SegmentPayloadEvent[] = [];
  let made = 0;
  const next = (): SegmentPayloadEvent => {
    const isWanted = random() < wantedShare;
    const event = soakEvent(made, isWanted ? (random() < chainedShare ? 'chained' : 'wanted') : 'ignored');
    made += 1;
    if (random() < repeatedShare) {
      again.push(event);
    }
    return event;
  };
  while (made < events || again.length > 0) {
    const size = random() < singleShare ? 1 : 2 + Math.floor(random() * (largestBatch - 1));
    const count = Math.min(size, events - made);
    // Taken before new events are made, so that no event is twice in one request.
    const old = count < size || random() < 0.5 ? again.splice(0, Math.ceil(size / 5)) : [];
    const fresh = Array.from({ length: count }, next);
    const all = [...fresh, ...old];
    const [only] = all;
    if (only !== undefined) {
      yield { payload: all.length === 1 ? only : all, repeated: old.length };
    }
  }
}

function soakEvent(index: number, kind: SoakKind): SegmentPayloadEvent {
  return {
    type: 'track',
    event: kind === 'ignored' ? 'page_seen' : kind,
    messageId: soakMessageId(index, kind),
    userId: `user-${index % 5_000}`,
    timestamp: new Date().toISOString(),
    properties: { plan: 'pro', screen: `/projects/${index}`, seconds: index % 600 },
    context: { library: { name: 'analytics.js', version: '2.1.0' }, page: { path: `/projects/${index}` } },
  };
}
