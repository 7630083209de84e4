import { describe, expect, it } from 'vitest';
import { collectionKey, cooldownKey, keptKey } from '../../../functions/ledger/keys.ts';
import { collectionKeyOf, type TriggerKeys, triggerKeys } from '../../../functions/run/prepareRequest.ts';
import { askMave, createPersona, updatePersona } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { segmentEvent, trackEvent } from '../segmentEvents.ts';

const ask = askMave(() => ({ message: 'Why?' }));
const user = { userId: 'u-1', anonymousId: 'a-1' };
const nobody = { userId: undefined, anonymousId: undefined };

function trigger(changes: Partial<Trigger>): Trigger {
  return { name: 'why', when: 'type = "track"', run: ask, ...changes };
}

function keysOf(changes: Partial<Trigger>, event: Readonly<Record<string, unknown>> = user): TriggerKeys {
  return triggerKeys(trigger(changes), segmentEvent(trackEvent(event)));
}

describe('the cooldown of a trigger', () => {
  const cooldown = { per: 'user', for: '24h' } as const;

  it('a cooldown has a key for each user, and for an anonymous id when there is no user id', () => {
    expect(keysOf({ cooldown })).toEqual({ cooldown: cooldownKey('why', 'u-1') });
    expect(keysOf({ cooldown }, { ...user, userId: undefined })).toEqual({
      cooldown: cooldownKey('why', 'a-1'),
    });
  });

  it('there is no cooldown key when the event lacks it or the trigger has no cooldown', () => {
    expect(keysOf({ cooldown }, nobody)).toEqual({});
    expect(keysOf({})).toEqual({});
  });

  it('a function of the event may give the cooldown key', () => {
    const per: Trigger['cooldown'] = { per: ({ properties }) => `order ${properties.order_id}`, for: '1h' };
    expect(keysOf({ cooldown: per })).toEqual({ cooldown: cooldownKey('why', 'order o-1') });
  });
});

describe('what a trigger keeps at Mavera', () => {
  it.each([
    ['one thread for each user', askMave(() => ({ message: 'Why?' }), { thread: 'per-user' }), 'u-1'],
    ['one thread for each group', askMave(() => ({ message: 'Why?' }), { thread: 'per-group' }), 'g-1'],
    ['one persona for each user', updatePersona(() => ({ name: 'Ann' }), { per: 'user' }), 'u-1'],
    [
      'one persona for each key',
      updatePersona(() => ({ name: 'Ann' }), { per: ({ event }) => event }),
      'Order Completed',
    ],
  ])('a trigger keeps %s', (_what, run, key) => {
    expect(keysOf({ run }, { ...user, context: { groupId: 'g-1' } })).toEqual({ kept: keptKey('why', key) });
  });

  it.each([
    ['each question has a thread of its own', ask],
    ['the persona is a known one', updatePersona(() => ({}), { personaId: 'p-1' })],
    ['each persona is a new one', createPersona(() => ({ name: 'Ann' }))],
  ])('a trigger keeps nothing when %s', (_what, run) => {
    expect(keysOf({ run }).kept).toBeUndefined();
  });

  it('a trigger keeps nothing for an event without the key', () => {
    expect(keysOf({ run: updatePersona(() => ({}), { per: 'user' }) }, nobody).kept).toBeUndefined();
  });

  it('a trigger keeps nothing for an action that this version does not know', () => {
    const run = { kind: 'singSong', build: () => ({}) } as unknown as Trigger['run'];
    expect(keysOf({ run })).toEqual({});
  });
});

describe("a trigger's own function that throws", () => {
  const per = (): string => {
    throw new RangeError('no such key');
  };

  it.each([
    ['of its cooldown', { cooldown: { per, for: '1h' } } as const],
    ['of its persona', { run: updatePersona(() => ({}), { per }) }],
  ])('the error of a key function is thrown, so that the run records it: %s', (_what, changes) => {
    expect(() => keysOf(changes)).toThrow('no such key');
  });

  it('the error of a collect function is thrown', () => {
    expect(() =>
      collectionKeyOf(trigger({ collect: { per, within: '1h' } }), segmentEvent(trackEvent(user))),
    ).toThrow('no such key');
  });
});

describe('the events that a trigger collects', () => {
  const keyOf = (
    collect: NonNullable<Trigger['collect']>,
    event: Readonly<Record<string, unknown>>,
  ): string => collectionKeyOf(trigger({ collect }), segmentEvent(trackEvent(event)));

  it('all events are collected together when collect names no key', () => {
    expect(keyOf({ within: '1h' }, user)).toBe(collectionKey('why', ''));
    expect(keyOf({ within: '1h' }, nobody)).toBe(keyOf({ within: '1h' }, user));
  });

  it('events are collected separately for each key', () => {
    const collect = { per: 'user', within: '1h' } as const;
    expect(keyOf(collect, user)).toBe(keyOf(collect, { ...user, anonymousId: 'other' }));
    expect(keyOf(collect, user)).not.toBe(keyOf(collect, { ...user, userId: 'u-2' }));
  });

  it('events without the key are collected together, apart from those that have one', () => {
    const collect = { per: 'user', within: '1h' } as const;
    expect(keyOf(collect, nobody)).toBe(keyOf(collect, { ...nobody, messageId: 'other' }));
    expect(keyOf(collect, nobody)).not.toBe(keyOf(collect, user));
    expect(keyOf(collect, nobody)).not.toBe(keyOf({ within: '1h' }, nobody));
    // The key of earlier releases, so that a collection of theirs goes on.
    expect(keyOf(collect, nobody)).toBe(collectionKey('why', 'of '));
  });
});
