import { parseFql, validate } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFqlSyntax } from '../../../functions/triggers/fqlSyntax.ts';
import { joinFilters } from '../../../functions/triggers/joinFilters.ts';
import { anyComparison, anyFilter, anyFilteredEvent } from './filters.ts';

const track = (event: string): string => `type = "track" and event = "${event}"`;

describe('filters joined into one', () => {
  it.each([
    [[track('a')], [track('a')]],
    [[track('a'), track('b')], ['(type = "track" and event = "a") or (type = "track" and event = "b")']],
    [[track('a'), `type  =  "track"  and event="a"`], [track('a')]],
    [
      ['type = "identify"', 'type = "page" or type = "screen"'],
      ['type = "identify" or type = "page" or type = "screen"'],
    ],
    [
      ['contains(event, "x") and type = "track"', 'type = "page"'],
      ['(type = "track" and contains(event, "x")) or type = "page"'],
    ],
    [
      [`${track('a')} or type = "page"`.replace(track('a'), `(${track('a')})`), track('b')],
      ['(type = "track" and event = "a") or type = "page" or (type = "track" and event = "b")'],
    ],
    [[], []],
  ])('%j are %j', (filters, expected) => {
    expect(joinFilters(filters)).toEqual(expected);
  });

  it.each([
    ['two functions', 'contains(event, "x") and !contains(event, "y")'],
    ['parentheses of its own', 'type = "track" and (event = "a" or event = "b")'],
  ])('leave a filter alone that has %s', (_name, filter) => {
    expect(joinFilters([track('c'), filter, 'type = "page"'])).toEqual([
      '(type = "track" and event = "c") or type = "page"',
      filter,
    ]);
  });

  it('refuse what is no filter', () => {
    expect(() => joinFilters(['type = '])).toThrow();
  });
});

describe('an event', () => {
  const matches = (filters: readonly string[], event: object): boolean =>
    filters.some((filter) => validate(parseFql(filter), event as never));

  it('matches one of the joined filters when it matches one of those that they were made of', () => {
    fc.assert(
      fc.property(
        fc.array(anyFilter, { maxLength: 4 }),
        fc.array(anyFilteredEvent, { minLength: 1 }),
        (filters, events) => {
          const joined = joinFilters(filters);
          expect(joined.length).toBeLessThanOrEqual(filters.length);
          for (const event of events) {
            expect(matches(joined, event)).toBe(matches(filters, event));
          }
          for (const filter of joined) {
            expect(() => checkFqlSyntax(filter)).not.toThrow();
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('needs one filter where each of them is a chain of comparisons', () => {
    const comparisons = fc
      .array(anyComparison, { minLength: 1, maxLength: 3 })
      .map((texts) => texts.join(' and '));
    fc.assert(
      fc.property(fc.array(comparisons, { minLength: 1, maxLength: 5 }), (filters) => {
        expect(joinFilters(filters)).toHaveLength(1);
      }),
    );
  });
});
