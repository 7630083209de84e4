import { parseFql, validate } from '@segment/destination-subscriptions';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFqlSyntax } from '../../../functions/triggers/fqlSyntax.ts';
import { FqlSyntaxError } from '../../../functions/triggers/fqlToken.ts';
import { joinFilters } from '../../../functions/triggers/joinFilters.ts';
import { anyComparison, anyFilter, anyFilteredEvent } from './filters.ts';
import * as wide from './fqlArbitrary.ts';

const track = (event: string): string => `type = "track" and event = "${event}"`;
const twoFunctions = 'contains(event, "x") and !contains(event, "y")';
const ownGroup = 'type = "track" and (event = "a" or event = "b")';

describe('filters joined into one', () => {
  it.each([
    [[track('a')], [track('a')]],
    [[track('a'), track('b')], ['(type = "track" and event = "a") or (type = "track" and event = "b")']],
    [[track('a'), `type  =  "track"  and event="a"`], [track('a')]],
    [
      ['type = "identify"', 'type = "page" or type = "screen"'],
      ['type = "identify" or type = "page" or type = "screen"'],
    ],
    [['type = "page" or type = "screen"', 'type="screen"'], ['type = "page" or type = "screen"']],
    [
      ['contains(event, "x") and type = "track"', 'type = "page"'],
      ['(type = "track" and contains(event, "x")) or type = "page"'],
    ],
    [
      ['contains(event, "x") or !match(event, "y*")', track('a')],
      ['contains(event, "x") or !match(event, "y*") or (type = "track" and event = "a")'],
    ],
    [
      [`(${track('a')}) or type = "page"`, track('b')],
      ['(type = "track" and event = "a") or type = "page" or (type = "track" and event = "b")'],
    ],
    [
      [`(${track('a')}) and userId != null`, 'type = "page"'],
      ['(type = "track" and event = "a" and userId != null) or type = "page"'],
    ],
    [
      ['properties.n > "5" and type = "track"', 'properties.n <= 0.0000001 and type = "page"'],
      ['(properties.n > 5 and type = "track") or (properties.n <= 0.0000001 and type = "page")'],
    ],
    [[], []],
  ])('%j are %j', (filters, expected) => {
    expect(joinFilters(filters)).toEqual(expected);
  });

  it.each([
    ['two functions', twoFunctions],
    ['parentheses of its own', ownGroup],
  ])('leave a filter with %s alone, and join all others', (_name, filter) => {
    const joined = '(type = "track" and event = "c") or type = "page"';
    expect(joinFilters([track('c'), filter, 'type = "page"'])).toEqual([joined, filter]);
    expect(joinFilters([filter, track('c'), 'type = "page"', filter])).toEqual([filter, joined]);
  });

  it('are in the order of the filters', () => {
    expect(joinFilters([ownGroup, 'type = "page"', twoFunctions, 'type = "screen"'])).toEqual([
      ownGroup,
      'type = "page" or type = "screen"',
      twoFunctions,
    ]);
  });

  it('refuse what is not a filter', () => {
    expect(() => joinFilters(['type = "page"', 'type = '])).toThrow(FqlSyntaxError);
  });
});

describe('an event', () => {
  const matches = (filters: readonly string[], event: object): boolean =>
    filters.some((filter) => validate(parseFql(filter), event));

  it.each([
    ['a few fields', anyFilter, anyFilteredEvent],
    ['every form of FQL', wide.anyFilter.map(({ fql }) => fql), wide.anyFilteredEvent],
  ] as const)(
    'matches one of the joined filters when it matches one of those that they were made of: %s',
    (_name, anyOne, anyEvent: fc.Arbitrary<object>) => {
      fc.assert(
        fc.property(
          fc.array(anyOne, { maxLength: 4 }),
          fc.array(anyEvent, { minLength: 8, maxLength: 16 }),
          (filters, events) => {
            const joined = joinFilters(filters);
            expect(joined.length).toBeLessThanOrEqual(filters.length);
            for (const filter of joined) {
              expect(() => checkFqlSyntax(filter)).not.toThrow();
            }
            expect(events.map((event) => matches(joined, event))).toEqual(
              events.map((event) => matches(filters, event)),
            );
          },
        ),
        { numRuns: 500 },
      );
    },
  );

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

  it('needs the same filters however often they are joined', () => {
    fc.assert(
      fc.property(fc.array(anyFilter, { maxLength: 4 }), (filters) => {
        const joined = joinFilters(filters);
        expect(joinFilters(joined)).toEqual(joined);
      }),
    );
  });
});
