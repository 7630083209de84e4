import { describe, expect, it } from 'vitest';
import { eventKey, type Per } from '../../../functions/triggers/eventKey.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

function keyOf(per: Per, changes: Readonly<Record<string, unknown>>): string | undefined {
  return eventKey(per, segmentEvent(trackEvent(changes)));
}

describe('the user of an event', () => {
  it('is the user id, otherwise the anonymous id', () => {
    expect(keyOf('user', { userId: 'u-1', anonymousId: 'a-1' })).toBe('u-1');
    expect(keyOf('user', { userId: null, anonymousId: 'a-1' })).toBe('a-1');
    expect(keyOf('user', { userId: '', anonymousId: 'a-1' })).toBe('a-1');
  });

  it('is the same whether the id came as a string or as a number', () => {
    expect(keyOf('user', { userId: 42 })).toBe(keyOf('user', { userId: '42' }));
  });

  it('is undefined without an id', () => {
    expect(keyOf('user', { userId: null, anonymousId: null })).toBeUndefined();
  });
});

describe('the group of an event', () => {
  it('is that of a group event, otherwise that of its context', () => {
    expect(keyOf('group', { type: 'group', groupId: 'g-1', context: { groupId: 'g-2' } })).toBe('g-1');
    expect(keyOf('group', { context: { groupId: 'g-2' } })).toBe('g-2');
  });

  it.each([{}, { groupId: '' }, { groupId: null }, { groupId: ['g-1'] }])(
    'is undefined where neither has an id: context %j',
    (context) => {
      expect(keyOf('group', { context })).toBeUndefined();
    },
  );

  it('is the same whether the id came as a string or as a number', () => {
    expect(keyOf('group', { groupId: 7 })).toBe('7');
    expect(keyOf('group', { context: { groupId: 7 } })).toBe('7');
  });
});

describe('the key that a `per` function returns', () => {
  it('is used unchanged', () => {
    expect(keyOf(({ properties }) => `order ${properties.order_id}`, {})).toBe('order o-1');
  });

  it.each([
    [7, '7'],
    [0, '0'],
    [true, 'true'],
  ])('becomes a string: %j', (returned, key) => {
    expect(keyOf(() => returned as unknown as string, {})).toBe(key);
  });

  it.each([undefined, null, ''])('is undefined: %j', (returned) => {
    expect(keyOf(() => returned as unknown as string, {})).toBeUndefined();
  });

  it('is not caught when the function throws', () => {
    const failing = (): string => {
      throw new RangeError('no such key');
    };
    expect(() => keyOf(failing, {})).toThrow('no such key');
  });

  it('is refused when the function is asynchronous, and a failure that follows does not end the process', async () => {
    const failing = Promise.reject(new Error('too late'));
    expect(() => keyOf(() => failing as unknown as string, {})).toThrow('returned a promise');
  });

  it.each([
    [{}, 'a value of type object'],
    [[], 'a value of type object'],
    [async () => 'later', 'a value of type function'],
    [Promise.resolve('later'), 'a promise'],
  ])('is refused with its type when it cannot be a key (%#)', (key, what) => {
    expect(() => keyOf(() => key as unknown as string, {})).toThrow(
      `a key has to be a string, and the \`per\` function returned ${what}`,
    );
  });
});
