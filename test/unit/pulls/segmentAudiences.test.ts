import { describe, expect, it } from 'vitest';
import { segmentAudiences } from '../../../functions/pulls/segmentAudiences.ts';
import { notFound, startedAtMs, takeAll } from './takeAll.ts';

const vip = {
  id: 'aud_1',
  spaceId: 'spa_1',
  name: 'Big spenders',
  description: 'Spent a lot',
  key: 'big_spenders',
  enabled: true,
  definition: { query: "trait('total_spend') > 100", targetEntity: null },
  status: 'Live',
  audienceType: 'USERS',
  computeCadence: { type: 'BATCH' },
  size: { count: 12_345, uniqueCount: 12_000, type: 'USERS' },
  createdBy: 'someone@example.com',
  createdAt: '2026-01-01T00:00:00.000Z',
};
const bare = { id: 'aud_2', name: 'New', key: 'new', enabled: true, definition: null, size: null };
const off = { ...bare, id: 'aud_3', key: 'off', enabled: false };

function pages(...all: readonly (readonly object[])[]): (call: unknown, index: number) => unknown {
  return (_call, index) => ({
    data: {
      audiences: all[index - 1] ?? [],
      pagination: { current: 'x', totalEntries: 3, ...(index < all.length ? { next: `page-${index}` } : {}) },
    },
  });
}

describe('segmentAudiences', () => {
  it('gives an event for each audience, with what Segment says of it and of no person', () => {
    const { events } = takeAll(segmentAudiences({ space: 'spa_1' }), pages([vip, bare, off]));
    expect(events.map(({ properties }) => properties)).toEqual([
      {
        id: 'aud_1',
        key: 'big_spenders',
        name: 'Big spenders',
        description: 'Spent a lot',
        size: 12_345,
        definition: "trait('total_spend') > 100",
        type: 'USERS',
        cadence: 'BATCH',
        status: 'Live',
      },
      { id: 'aud_2', key: 'new', name: 'New' },
    ]);
    expect(events[0]).toMatchObject({ item: 'aud_1', event: 'Audience Pulled' });
  });

  it('reads pages of 200, and keeps no more than the place between them', () => {
    const { calls, states, events } = takeAll(segmentAudiences({ space: 'spa_1' }), pages([vip], [bare]));
    const path = { space: 'spa_1' };
    expect(calls).toEqual([
      { operation: 'listAudiences', request: { path, query: { 'pagination.count': '200' } } },
      {
        operation: 'listAudiences',
        request: { path, query: { 'pagination.count': '200', 'pagination.cursor': 'page-1' } },
      },
    ]);
    expect(states).toEqual([{ cursor: 'page-1', missing: [] }]);
    expect(events).toHaveLength(2);
  });

  it('takes only the keys that it is told, and those that are turned off when it is told so', () => {
    const keysOf = (options: object): readonly string[] =>
      takeAll(segmentAudiences({ space: 'spa_1', ...options }), pages([vip, bare, off])).events.map(
        ({ properties }) => properties.key,
      );
    expect(keysOf({ keys: ['new'] })).toEqual(['new']);
    expect(keysOf({ include: 'all' })).toEqual(['big_spenders', 'new', 'off']);
  });

  it('fails after the last page when a key is missing', () => {
    const pull = segmentAudiences({ space: 'spa_1', keys: ['new', 'gone'] });
    expect(() => takeAll(pull, pages([vip], [bare]))).toThrow(
      'the space spa_1 has no audience with the key gone',
    );
    const told = pull.step(
      { missing: ['new', 'gone'] },
      [{ found: true, value: pages([bare])(undefined, 1) }],
      { startedAtMs },
    );
    expect(told.events).toHaveLength(1);
  });

  it('fails when the space is not known', () => {
    expect(() => takeAll(segmentAudiences({ space: 'spa_9' }), () => notFound)).toThrow(
      'there is no space spa_9',
    );
  });

  it('counts a new definition as a change, and a size by the share that is set', () => {
    const { events } = takeAll(segmentAudiences({ space: 'spa_1', changedBy: 0.5 }), pages([vip]));
    expect(events[0]?.compared).toEqual({
      exactly: ['Big spenders', 'Spent a lot', "trait('total_spend') > 100", 'USERS'],
      roughly: { size: 12_345 },
      share: 0.5,
    });
  });

  it('refuses options that cannot be used', () => {
    for (const keys of [[], 'vip']) {
      expect(() => segmentAudiences({ space: 'spa_1', keys: keys as readonly string[] })).toThrow(
        'segmentAudiences: keys: expected a list of keys, or nothing for all audiences',
      );
    }
    expect(() => segmentAudiences({ space: 'a/b' })).toThrow('segmentAudiences: space: expected an id');
  });
});
