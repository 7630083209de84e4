import { describe, expect, it } from 'vitest';
import {
  desiredMappings,
  routeWarnings,
  triggersByRoute,
} from '../../../cli/connect/plan/desiredConnection.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';

const run = askMave(() => ({ message: 'Why?' }));
const ofSegment: Trigger = { name: 'orders', when: 'event = "Order Completed"', route: 'shop', run };
const everywhere: Trigger = { name: 'everywhere', when: 'event = "Order Completed"', run };
const ofSendGrid: Trigger = { name: 'clicks', source: 'sendgrid', when: 'event = "Email Link Clicked"', run };
const cancelledBy = { when: 'event = "Resubscribed"', per: (): string => 'k' };
const follower: Trigger = { name: 'follower', after: ofSendGrid, run };
const cancelledFollower: Trigger = { name: 'cancelled', after: ofSendGrid, cancelledBy, run };
const all = [ofSegment, ofSendGrid, follower, cancelledFollower];

describe('what is set up at a source', () => {
  it('counts the triggers of that source, and of those that follow others only the events that cancel', () => {
    expect(triggersByRoute(all)).toEqual(new Map([['shop', [ofSegment]]]));
    expect(triggersByRoute(all, 'sendgrid')).toEqual(new Map([['default', [ofSendGrid, cancelledFollower]]]));
    expect(triggersByRoute(all, 'segops')).toEqual(new Map());
  });

  it('at Segment has no filter of another source', () => {
    const mappings = desiredMappings(all, {
      segmentUrl: 'https://hooks.example.com/segment',
      bearerToken: 'token',
      batching: true,
      batchSize: 1_000,
    });
    expect(mappings.map(({ route }) => route)).toEqual(['shop']);
    expect(mappings[0]?.trigger).not.toMatch(/Email|Resubscribed/);
  });

  it('warns of no trigger that reads another source on every route', () => {
    expect(routeWarnings(all)).toEqual([]);
    expect(routeWarnings([...all, everywhere])[0]).toMatch(
      /^everywhere: a trigger without a route reads every route\. An event that the mappings of shop also send/,
    );
    const complaints: Trigger = { ...ofSendGrid, name: 'complaints', route: 'complaints' };
    expect(routeWarnings([...all, complaints], 'sendgrid', 'event webhooks')[0]).toMatch(
      /^clicks, cancelled: .* that the event webhooks of complaints also send/,
    );
  });
});
