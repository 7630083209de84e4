import { parseFql, validate } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askMave } from '../../../functions/triggers/actions.ts';
import { neverMatches, neverMatchingTriggers } from '../../../functions/triggers/neverMatches.ts';
import { anyFilter, anyFilteredEvent } from './filters.ts';

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
      'type = "page" and (type = "track" or type = "identify")',
      'type = "page" and type = "track" cannot both hold',
    ],
    [
      '(type = "track" and type = "page") or (event = "a" and event = "b")',
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
  ])('is none that may: %s', (when) => {
    expect(neverMatches(when)).toBeUndefined();
  });

  it('is told with its trigger', () => {
    const run = askMave(() => ({ message: 'Why?' }));
    const when = 'event = "a" and event = "b"';
    expect(
      neverMatchingTriggers([
        { name: 'ok', when: 'event = "a"', run },
        { name: 'never', when, run },
      ]),
    ).toEqual([
      `trigger "never": when: it can never match: event = "a" and event = "b" cannot both hold (in: ${when})`,
    ]);
  });

  it('is never one that matches an event', () => {
    fc.assert(
      fc.property(anyFilter, fc.array(anyFilteredEvent, { minLength: 1, maxLength: 20 }), (when, events) => {
        const filter = parseFql(when);
        if (events.some((event) => validate(filter, event as never))) {
          expect(neverMatches(when)).toBeUndefined();
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
