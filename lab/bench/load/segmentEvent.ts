import { randomUUID } from 'node:crypto';

/** A `track` event that the trigger `plan-upgraded` wants, or that no trigger wants. */
export type EventKind = 'wanted' | 'ignored';

/** The size of an event as JSON; 4,000 of them are Segment's largest batch, 4 MB. */
const eventBytes = 1_000;

/**
 * Makes an event of about 1 KB, as analytics.js sends it through Segment.
 *
 * @param messageId @default a new one
 */
export function segmentEvent(kind: EventKind, messageId = `ajs-next-${Date.now()}-${randomUUID()}`): object {
  const now = new Date().toISOString();
  const event = {
    anonymousId: randomUUID(),
    context: {
      ip: '203.0.113.7',
      library: { name: 'analytics.js', version: 'next-1.81.0' },
      locale: 'en-US',
      page: {
        path: '/settings/plan',
        search: '',
        title: 'Plan',
        url: 'https://app.example.com/settings/plan',
      },
      timezone: 'Europe/Berlin',
      userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/141.0.0.0',
    },
    event: kind === 'wanted' ? 'plan_upgraded' : 'Order Completed',
    integrations: { All: true },
    messageId,
    originalTimestamp: now,
    properties: { previous_plan: 'starter', new_plan: 'business', seats: 25, note: '' },
    receivedAt: now,
    sentAt: now,
    timestamp: now,
    type: 'track',
    userId: randomUUID(),
    version: 2,
  };
  event.properties.note = 'x'.repeat(Math.max(0, eventBytes - JSON.stringify(event).length));
  return event;
}
