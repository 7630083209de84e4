import { parseFql, validate } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askMave } from '../../../functions/triggers/actions.ts';
import { neverMatches, neverMatchingTriggers } from '../../../functions/triggers/neverMatches.ts';
import { anyFilter, anyFilteredEvent, anyFilterOfEqualities, anyPart } from './filters.ts';
import * as wide from './fqlArbitrary.ts';

/** 2^40 ways to match. */
const manyGroups = Array.from(
  { length: 40 },
  (_, index) => `(properties.x${index} = 1 or properties.x${index} = 2)`,
).join(' and ');

describe('a filter that can never match', () => {
  it.each([
    ['type = "track" and type = "identify"', 'type = "track" and type = "identify" cannot both hold'],
    ['event = "a" and type = "track" and event = "b"', 'event = "a" and event = "b" cannot both hold'],
    ['event = "a" and event != "a"', 'event = "a" and event != "a" cannot both hold'],
    ['properties.n > 5 and properties.n < 3', 'properties.n > 5 and properties.n < 3 cannot both hold'],
    ['properties.n > 5 and properties.n <= 5', 'properties.n > 5 and properties.n <= 5 cannot both hold'],
    ['properties.n = 5 and properties.n != 5', 'properties.n = 5 and properties.n != 5 cannot both hold'],
    ['properties.n = 5 and properties.n = "5"', 'properties.n = 5 and properties.n = "5" cannot both hold'],
    [
      'properties.b = true and properties.b = false',
      'properties.b = true and properties.b = false cannot both hold',
    ],
    ['traits.x = null and traits.x != null', 'traits.x = null and traits.x != null cannot both hold'],
    ['traits.x = null and traits.x > 1', 'traits.x = null and traits.x > 1 cannot both hold'],
    [
      'event = "Order" and contains(event, "Cart")',
      'event = "Order" and contains(event, "Cart") cannot both hold',
    ],
    [
      'event = "Order" and match(event, "Cart*")',
      'event = "Order" and match(event, "Cart*") cannot both hold',
    ],
    [
      'contains(event, "a") and !contains(event, "a")',
      'contains(event, "a") and !contains(event, "a") cannot both hold',
    ],
    [
      'event = "a" and type = "page" and (type = "track" or type = "identify")',
      'type = "page" and type = "track" cannot both hold; type = "page" and type = "identify" cannot both hold',
    ],
    [
      '(type = "track" and type = "page") or (event = "a" and event = "b")',
      'type = "track" and type = "page" cannot both hold; event = "a" and event = "b" cannot both hold',
    ],
    [
      '(type = "track" or type = "page") and (type = "alias" or event = "a") and !contains(event, "a")',
      'type = "track" and type = "alias" cannot both hold; !contains(event, "a") and event = "a" cannot both hold; ' +
        'type = "page" and type = "alias" cannot both hold',
    ],
    [
      'match(event, "Order*") and match(event, "Cart*")',
      'match(event, "Order*") and match(event, "Cart*") cannot both hold',
    ],
    [
      'match(event, "Order*") and !contains(event, "der")',
      'match(event, "Order*") and !contains(event, "der") cannot both hold',
    ],
    [
      'properties.n > 0.0000001 and properties.n = null',
      'properties.n > 0.0000001 and properties.n = null cannot both hold',
    ],
    ['type = "track" and !contains(event, "")', '!contains(event, "") never holds'],
    ['type = "track" and !match(event, "*")', '!match(event, "*") never holds'],
    [
      `${manyGroups} and type = "track" and type = "page"`,
      'type = "track" and type = "page" cannot both hold',
    ],
  ])('is found: %s', (when, reason) => {
    expect(neverMatches(when)).toBe(reason);
  });

  it.each([
    'type = "track" and event = "a"',
    'type = "track" or type = "identify"',
    'properties.n >= 5 and properties.n <= 5',
    'properties.n > 5 and properties.m < 3',
    'properties.n = 0 and properties.n > -1',
    'properties.n != 5 and properties.n != 6',
    'event = "Order Completed" and contains(event, "Order") and match(event, "*Completed")',
    'type = "page" and (type = "track" or type = "page")',
    'event != "a" and event != "b"',
    'properties.n > "5" and properties.n <= 5.5',
    'type = "identify" and event = "a"',
    '(event = "a" and event = "b") or type = "track"',
    'properties.a = "x" and properties.a.length = 1',
    'match(event, "Order*") and match(event, "Order Comp*") and match(event, "*d")',
    manyGroups,
    // What cannot be read is for the check of its syntax to tell.
    'type = ',
    // It cannot match, but finding that out would take too long.
    `${manyGroups} and (type = "track" or type = "page") and (type = "alias" or type = "group")`,
  ])('is not one that may match: %s', (when) => {
    expect(neverMatches(when)).toBeUndefined();
  });

  it('is reported with its trigger', () => {
    const run = askMave(() => ({ message: 'Why?' }));
    const when = 'event = "a" and event = "b"';
    expect(
      neverMatchingTriggers([
        { name: 'ok', when: 'event = "a"', run },
        { name: 'never', when, run },
        { name: 'stays', when: 'event = "a"', run, cancelledBy: { when, per: 'user' } },
      ]),
    ).toEqual([
      `trigger "never": when: it can never match: event = "a" and event = "b" cannot both hold (in: ${when})`,
      `trigger "stays": cancelledBy.when: it can never match: event = "a" and event = "b" cannot both hold (in: ${when})`,
    ]);
  });

  it('is never one that matches an event', () => {
    const holdingParts = anyFilteredEvent.chain((event) =>
      fc.array(
        anyPart.filter((part) => validate(parseFql(part), event)),
        { minLength: 1, maxLength: 6 },
      ),
    );
    fc.assert(
      fc.property(holdingParts, (parts) => {
        expect(neverMatches(parts.join(' and '))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a few fields', anyFilter, anyFilteredEvent],
    ['every form of FQL', wide.anyFilter.map(({ fql }) => fql), wide.anyFilteredEvent],
  ] as const)(
    'is never a filter that an event matches: %s',
    (_name, anyOne, anyEvent: fc.Arbitrary<object>) => {
      fc.assert(
        fc.property(anyOne, fc.array(anyEvent, { minLength: 10, maxLength: 20 }), (when, events) => {
          const filter = parseFql(when);
          if (events.some((event) => validate(filter, event))) {
            expect(neverMatches(when)).toBeUndefined();
          }
        }),
        { numRuns: 1_000 },
      );
    },
  );

  it('is found in any combination', () => {
    const texts = ['track', 'identify', 'page'];
    const everyEvent = texts.flatMap((type) => texts.map((name) => ({ type, name })));
    fc.assert(
      fc.property(anyFilterOfEqualities, (when) => {
        const filter = parseFql(when);
        const isPossible = everyEvent.some((event) => validate(filter, event));
        expect(neverMatches(when) === undefined).toBe(isPossible);
      }),
      { numRuns: 1_000 },
    );
  });
});
