import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAll, countedNames } from '../../../functions/run/tallyEvents.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';

const event: SegmentEvent = {
  type: 'track',
  event: 'Email Opened',
  userId: 'u-42',
  anonymousId: 'email-9f31',
  properties: {},
  context: {},
  traits: {},
  integrations: {},
};

describe('what an event counts as', () => {
  it.each([
    ['a name', 'phone', ['phone']],
    ['several names', ['phone', 'Germany'], ['phone', 'Germany']],
    ['a name twice, once', ['phone', 'phone'], ['phone']],
    ['a name with spaces around it', ' phone ', ['phone']],
    ['nothing', undefined, []],
    ['null', null as never, []],
    ['no name', '', []],
    ['an empty list', [], []],
    ['64 characters', 'x'.repeat(64), ['x'.repeat(64)]],
  ])('is %s', (_what, returned, names) => {
    expect(countedNames(() => returned, event)).toEqual({ names, isBeyond: false });
  });

  it.each([
    ['is too long', 'x'.repeat(65)],
    ['is an address', 'ann@example.com'],
    ['is the id of the user', 'u-42'],
    ['has the id of the user in it', 'phone of u-42'],
    ['is the anonymous id', 'email-9f31'],
  ])('is other for a name that %s', (_why, name) => {
    expect(countedNames(() => name, event)).toEqual({ names: [], isBeyond: true });
    expect(countedNames(() => [name, 'phone'], event)).toEqual({ names: ['phone'], isBeyond: true });
  });

  it('is up to 20 names, and other for the rest', () => {
    const names = Array.from({ length: 21 }, (_none, index) => `name-${index}`);
    expect(countedNames(() => names, event)).toEqual({ names: names.slice(0, 20), isBeyond: true });
  });

  it.each([
    [1, 'number'],
    [['phone', 1], 'number'],
    [{ phone: 1 }, 'object'],
  ])('is refused if it is %j', (returned, type) => {
    expect(() => countedNames(() => returned as never, event)).toThrow(
      `what an event counts as has to be a string or a list of strings, and it is a ${type}`,
    );
  });
});

describe('a tally function that is asynchronous', () => {
  it('is refused, and its failure does not end the process', () => {
    expect(() => countedNames((() => Promise.reject(new Error('no'))) as never, event)).toThrow(
      'it is a promise',
    );
  });
});

describe('the counters that a builder is given', () => {
  it('have the most frequent name first, and the number of events', () => {
    const events = ['b', 'a', 'b', 'c', 'a', 'b', undefined].map((name) => ({
      ...event,
      properties: { name },
    }));
    const given = countAll(({ properties }) => properties.name as string | undefined, events);
    expect(Object.entries(given.tally)).toEqual([
      ['b', 3],
      ['a', 2],
      ['c', 1],
    ]);
    expect(given.counted).toBe(7);
  });

  it('have names that objects have too', () => {
    const { tally } = countAll(() => ['__proto__', 'constructor', 'toString'], [event, event]);
    expect(Object.entries(tally)).toEqual([
      ['__proto__', 2],
      ['constructor', 2],
      ['toString', 2],
    ]);
  });

  it('have at most 101 names, and lose no event, whatever the names', () => {
    const lists = fc.array(fc.array(fc.string({ maxLength: 5 }), { maxLength: 25 }), { maxLength: 60 });
    fc.assert(
      fc.property(lists, (names) => {
        const events = names.map((list) => ({ ...event, properties: { list } }));
        const { tally, counted } = countAll(({ properties }) => properties.list as string[], events);
        const times = Object.values(tally);
        expect(times.length).toBeLessThanOrEqual(101);
        expect(times.every((time) => time >= 1 && time <= names.length)).toBe(true);
        expect(counted).toBe(names.length);
      }),
    );
  });
});
