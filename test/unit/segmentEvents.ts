import { parseSegmentEvent, type SegmentEvent } from '../../functions/sources/segment/event.ts';

/** Events as Segment sends them: composed from the Segment spec's common fields, with made-up people. */
type Json = Record<string, unknown>;

/** A `track` event with every common field; a member of `changes` that is `undefined` is left out. */
export function trackEvent(changes: Json = {}): Json {
  return withChanges(
    {
      anonymousId: '507f191e810c19729de860ea',
      context: {
        ip: '8.8.8.8',
        library: { name: 'analytics.js', version: '2.11.1' },
        page: { path: '/academy/', referrer: '', title: 'Academy', url: 'https://example.com/academy/' },
      },
      event: 'Order Completed',
      integrations: { All: true },
      messageId: 'ajs-next-1700000000000-0a1b2c',
      originalTimestamp: '2026-01-02T03:04:05.000Z',
      properties: { order_id: 'o-1', total: 89.95, currency: 'USD' },
      receivedAt: '2026-01-02T03:04:05.909Z',
      sentAt: '2026-01-02T03:04:05.581Z',
      timestamp: '2026-01-02T03:04:05.328Z',
      type: 'track',
      userId: '97980cfea0067',
      version: 2,
    },
    changes,
  );
}

/** Twilio Engage tells that a user has entered an audience: nanoseconds, `sentAt: null`, odd integrations. */
export function audienceIdentifyEvent(changes: Json = {}): Json {
  return withChanges(
    {
      context: {
        integrations: { personas: false },
        library: { name: 'unknown', version: 'unknown' },
        personas: {
          computation_class: 'audience',
          computation_id: 'aud_2djnCXB0tGmVEGbLXXLl7LCTkLH',
          computation_key: 'first_time_shopper',
          namespace: 'spa_o1E9CYrTHrwaoTMBdQT1kS',
          space_id: 'spa_o1E9CYrTHrwaoTMBdQT1kS',
        },
      },
      integrations: { All: false, HubSpot: true, Warehouses: { all: false } },
      messageId: 'personas_2fyFNSBCkmoS2dCBNzXTRiZm9wU',
      originalTimestamp: '2024-05-03T19:42:50.066179717Z',
      receivedAt: '2024-05-03T19:42:59.762Z',
      sentAt: null,
      timestamp: '2024-05-03T19:42:50.066Z',
      traits: { first_time_shopper: true, email: 'shopper@example.com' },
      type: 'identify',
      userId: 'u123',
    },
    changes,
  );
}

/** What triggers and builders see of an element, which has to be an event. */
export function segmentEvent(element: object = trackEvent()): SegmentEvent {
  const parsed = parseSegmentEvent(element);
  if (!parsed.ok) {
    throw new Error(parsed.problem);
  }
  return parsed.event;
}

function withChanges(event: Json, changes: Json): Json {
  return Object.fromEntries(
    Object.entries({ ...event, ...changes }).filter(([, value]) => value !== undefined),
  );
}
