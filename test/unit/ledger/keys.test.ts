import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimKey,
  collectionKey,
  cooldownKey,
  type EventIdentity,
  keptKey,
  messageKey,
  runIdFor,
} from '../../../functions/ledger/keys.ts';
import { anyJson, anyText } from '../jsonArbitrary.ts';

const identity: EventIdentity = { source: 'segment', route: 'default', messageId: 'm-1', element: {} };

function runOf(changes: Partial<EventIdentity> = {}, trigger = 'plan-upgraded'): string {
  const changed = { ...identity, ...changes };
  return runIdFor(changed, messageKey(changed), trigger);
}

function claimOf(changes: Partial<EventIdentity> = {}): string {
  const changed = { ...identity, ...changes };
  return claimKey(changed, messageKey(changed));
}

/** Made with `printf '%s' '["segment","default","id:m-1"]' | sha256sum`: no release may change them. */
describe('the keys of an event', () => {
  it('the keys of an event are the same in every release', () => {
    expect(claimOf()).toBe('claim#3ae2d7a2fe167690bace22396d933420dd9ffc3b');
    expect(runOf()).toBe('89761e60a8cf49c62b055110ebcc625e1108b745');
    const element = { b: { c: [2, { e: 4, d: 3 }] }, a: 1 };
    expect(claimOf({ messageId: undefined, element })).toBe('claim#cd92d1c32ed2a60c3cf3908776851226e1b0cf3c');
  });

  it('the keys of an event with a message id do not depend on the rest of it', () => {
    expect(runOf({ element: { a: 1 } })).toBe(runOf({ element: { a: 2 } }));
    expect(claimOf({ element: { a: 1 } })).toBe(claimOf({ element: { a: 2 } }));
  });

  it('keys differ by message id and by route, the run id also by its trigger', () => {
    expect(claimOf({ messageId: 'm-2' })).not.toBe(claimOf());
    expect(claimOf({ route: 'eu' })).not.toBe(claimOf());
    expect(runOf({ messageId: 'm-2' })).not.toBe(runOf());
    expect(runOf({ route: 'eu' })).not.toBe(runOf());
    expect(runOf({}, 'other')).not.toBe(runOf());
  });

  it('keys differ by source', () => {
    const other = { ...identity, source: 'sendgrid' } as unknown as EventIdentity;
    expect(claimKey(other, 'id:m-1')).not.toBe(claimKey(identity, 'id:m-1'));
    expect(runIdFor(other, 'id:m-1', 't')).not.toBe(runIdFor(identity, 'id:m-1', 't'));
  });

  it('two events never share a key, whatever characters their parts have', () => {
    const part = fc.oneof(
      fc.constantFrom('', 'a', 'aa', ',', '"', '","', '#', '\\', 'id:', 'json:', '\0'),
      anyText,
    );
    const parts = fc.tuple(part, part, part);
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        const [routeA, idA, triggerA] = one;
        const [routeB, idB, triggerB] = two;
        const sameEvent = routeA === routeB && idA === idB;
        const a = { route: routeA, messageId: idA };
        const b = { route: routeB, messageId: idB };
        expect(claimOf(a) === claimOf(b)).toBe(sameEvent);
        expect(runOf(a, triggerA) === runOf(b, triggerB)).toBe(sameEvent && triggerA === triggerB);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the keys of an event without a message id', () => {
  const withoutId = (element: unknown): string => claimOf({ messageId: undefined, element });

  it('the keys of an event without an id do not depend on the order of its members', () => {
    expect(withoutId({ a: 1, b: [{ c: 2, d: { e: 3, f: 4 } }] })).toBe(
      withoutId({ b: [{ d: { f: 4, e: 3 }, c: 2 }], a: 1 }),
    );
    fc.assert(
      fc.property(anyJson, (json) => {
        expect(withoutId(reversed(json))).toBe(withoutId(json));
      }),
    );
  });

  it('the keys of events without an id differ by any value, by the order of a list, and by null and absent', () => {
    const variants = [
      { a: 1 },
      { a: '1' },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: null },
      {},
      [],
      [{}],
      { b: 1 },
    ];
    expect(new Set(variants.map(withoutId)).size).toBe(variants.length);
  });

  it('an event without a message id never has the keys of an event with one', () => {
    const element = { a: 1 };
    const canonical = JSON.stringify(element);
    for (const messageId of [canonical, `json:${canonical}`, `id:${canonical}`, '']) {
      expect(claimOf({ messageId })).not.toBe(withoutId(element));
    }
  });

  it('a __proto__ member counts like any other', () => {
    expect(withoutId(JSON.parse('{"__proto__":{"a":1}}'))).not.toBe(withoutId({}));
  });
});

/** Made with `printf '%s' '["plan-upgraded","u-1"]' | sha256sum`: no release may change them. */
describe('what the runs of a trigger share', () => {
  const makers = [cooldownKey, keptKey, collectionKey];

  it('cooldown, kept id and collection have the same keys in every release', () => {
    const hash = 'bc067450ed60fe35ef5f4cee52f27fefd5f656d7';
    expect(makers.map((keyOf) => keyOf('plan-upgraded', 'u-1'))).toEqual([
      `cooldown#${hash}`,
      `kept#${hash}`,
      `collection#${hash}`,
    ]);
    expect(collectionKey('plan-upgraded', '')).toBe('collection#dc9127b8d23178cb1659c62cefaebd0c2059c118');
  });

  it('two triggers or two keys never share a key of the ledger', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (triggerA, keyA, triggerB, keyB) => {
        for (const keyOf of makers) {
          const isSame = triggerA === triggerB && keyA === keyB;
          expect(keyOf(triggerA, keyA) === keyOf(triggerB, keyB)).toBe(isSame);
        }
      }),
    );
  });

  it("the keys of a trigger do not show the user's id", () => {
    for (const keyOf of makers) {
      expect(keyOf('plan-upgraded', 'jane@example.com')).toMatch(/^[a-z]+#[0-9a-f]{40}$/);
    }
  });
});

/** The same JSON with the members of each object in the other order. */
function reversed(json: unknown): unknown {
  if (Array.isArray(json)) {
    return json.map(reversed);
  }
  return typeof json === 'object' && json !== null
    ? Object.fromEntries(
        Object.entries(json)
          .reverse()
          .map(([key, value]) => [key, reversed(value)]),
      )
    : json;
}
