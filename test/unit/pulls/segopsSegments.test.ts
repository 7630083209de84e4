import { describe, expect, it } from 'vitest';
import { segopsSegments } from '../../../functions/pulls/segopsSegments.ts';
import { segOpsEvent } from '../../../functions/sources/segops/toEvent.ts';
import { notFound, takeAll } from './takeAll.ts';

const vip = {
  id: 42,
  name: 'High LTV Buyers',
  segment_type: 'rule',
  member_count: 1_842,
  last_computed_at: '2026-05-02T14:32:00Z',
  definition: { logic: 'AND', conditions: [{ type: 'monetary', operator: 'gt', value: 1_000 }] },
};
const never = { id: 43, name: 'Never computed', member_count: 0, last_computed_at: null };
const page = { count: 2, next: null, previous: null, results: [vip, never] };

describe('segopsSegments', () => {
  it('gives the event that SegOps posts, with the same message id', () => {
    const { events } = takeAll(segopsSegments({ tenant: 'acme' }), () => page);
    const posted = segOpsEvent({
      event: 'segment.recomputed',
      tenant_slug: 'acme',
      segment_id: 42,
      segment_name: 'High LTV Buyers',
      member_count: 1_842,
      computed_at: '2026-05-02T14:32:00Z',
    });
    const event = posted.ok ? posted.event : undefined;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      item: 'acme/42',
      event: event?.event,
      messageId: event?.messageId,
      timestamp: event?.timestamp,
      properties: { ...event?.properties, definition: vip.definition },
    });
  });

  it('follows the pages by their numbers, and not their URLs', () => {
    const { calls } = takeAll(segopsSegments({ tenant: 'acme' }), (_call, index) =>
      index === 1 ? { ...page, next: 'https://evil.example.com/x/?page=2&limit=100&format=api' } : page,
    );
    expect(calls).toEqual([
      { operation: 'listSegopsSegments', request: {} },
      { operation: 'listSegopsSegments', request: { query: { limit: '100', page: '2' } } },
    ]);
  });

  it('reads only the segments that it is told, and leaves out those that are deleted', () => {
    const pull = segopsSegments({ tenant: 'acme', ids: [42, 44] });
    const { events, calls } = takeAll(pull, ({ request }) =>
      request.path?.segment === '42' ? vip : notFound,
    );
    expect(calls).toHaveLength(2);
    expect(events.map(({ item }) => item)).toEqual(['acme/42']);
  });

  it('counts each computation as a change, or what has changed by a share', () => {
    const each = takeAll(segopsSegments({ tenant: 'acme' }), () => page);
    expect(each.events[0]?.compared).toEqual({ exactly: 1_777_732_320 });
    const some = takeAll(segopsSegments({ tenant: 'acme', changedBy: 0.2 }), () => page);
    expect(some.events[0]?.compared).toEqual({
      exactly: ['High LTV Buyers', vip.definition],
      roughly: { members: 1_842 },
      share: 0.2,
    });
  });

  it('refuses options that cannot be used', () => {
    expect(() => segopsSegments({ tenant: '' })).toThrow(
      'segopsSegments: tenant: expected an id such as acme',
    );
    expect(() => segopsSegments({ tenant: 'a', ids: [] })).toThrow('segopsSegments: ids: expected a list');
    expect(() => segopsSegments({ tenant: 'a', changedBy: -1 })).toThrow('segopsSegments: changedBy');
  });
});
