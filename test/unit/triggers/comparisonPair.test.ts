import { type Condition, parseFql, validate } from '@segment/destination-subscriptions';
import { describe, expect, it } from 'vitest';
import { excludeEachOther, neverHolds } from '../../../functions/triggers/comparisonPair.ts';
import type { Comparison } from '../../../functions/triggers/filterText.ts';
import { isValidFilter } from './filters.ts';

const letters = ['a', 'b', 'c'];
const texts = [0, 1, 2, 3].reduce<readonly string[]>(
  (shorter) => ['', ...shorter.flatMap((text) => letters.map((letter) => `${text}${letter}`))],
  [''],
);
const numbers = [Number.MIN_SAFE_INTEGER, -1, -0.5, 0, 0.5, 1, 1.5, 2, Number.MAX_SAFE_INTEGER];
const otherTexts = ['true', '-1', '0', '1', 'track', 'page'];
/** Every value for which the comparisons below differ, and some more. */
const values = [undefined, null, true, false, [], {}, ...otherTexts, ...texts, ...numbers];

const quoted = ['', 'a', 'b', 'ab', 'ba', 'aa', 'true', '1', 'track', 'page'];
const inText = ['', 'a', 'b', 'ab', 'ba', 'aa'];
const comparisons = [
  ...quoted.flatMap((text) => [`FIELD = "${text}"`, `FIELD != "${text}"`]),
  ...inText.flatMap((text) => [
    `contains(FIELD, "${text}")`,
    `!contains(FIELD, "${text}")`,
    `match(FIELD, "${text}*")`,
    `!match(FIELD, "${text}*")`,
    `match(FIELD, "*${text}")`,
    `!match(FIELD, "*${text}")`,
  ]),
  ...['-1', '0', '1', '"1"'].flatMap((number) =>
    ['=', '!=', '<', '<=', '>', '>='].map((operator) => `FIELD ${operator} ${number}`),
  ),
  ...['FIELD = null', 'FIELD != null', 'FIELD = true', 'FIELD = false'],
];

interface Comparable {
  readonly fql: string;
  readonly comparison: Comparison;
  /** The values for which it holds at Segment. */
  readonly holdsOf: ReadonlySet<unknown>;
}

function comparable(fql: string, eventWith: (value: unknown) => object): Comparable {
  const filter = parseFql(fql);
  const [comparison] = 'error' in filter ? [] : filter.children;
  if (!isComparison(comparison)) {
    throw new Error(`${fql} is not a comparison`);
  }
  return {
    fql,
    comparison,
    holdsOf: new Set(values.filter((value) => validate(filter, eventWith(value)))),
  };
}

function isComparison(condition: Condition | undefined): condition is Comparison {
  return condition !== undefined && condition.type !== 'group';
}

const fields: readonly (readonly [string, (value: unknown) => object])[] = [
  ['properties.x', (x) => ({ properties: { x } })],
  ['traits.a.b', (b) => ({ traits: { a: { b } } })],
  ['context.x', (x) => ({ context: { x } })],
  ['event', (event) => ({ event })],
  ['name', (name) => ({ name })],
  ['userId', (userId) => ({ userId })],
  ['type', (type) => ({ type })],
];

describe.each(fields)('two comparisons of %s', (field, eventWith) => {
  const ofField = comparisons
    .map((text) => text.replaceAll('FIELD', field))
    .filter(isValidFilter)
    .map((fql) => comparable(fql, eventWith));

  it('exclude each other exactly where no value matches both at Segment', () => {
    const wrong = ofField.flatMap((one) =>
      ofField
        .filter((other) => {
          const never = neverHolds(one.comparison) || neverHolds(other.comparison);
          const excluded = never || excludeEachOther(one.comparison, other.comparison);
          const isPossible = values.some((value) => one.holdsOf.has(value) && other.holdsOf.has(value));
          return excluded === isPossible;
        })
        .map((other) => `${one.fql} and ${other.fql}`),
    );
    expect(wrong).toEqual([]);
    expect(ofField.length).toBeGreaterThan(3);
  });
});

describe('a comparison that holds for no string', () => {
  it.each(['not_contains', 'not_starts_with', 'not_ends_with'] as const)(
    'is one of the empty string: %s',
    (operator) => {
      expect(neverHolds({ type: 'event', operator, value: '' })).toBe(true);
      expect(neverHolds({ type: 'event', operator, value: 'a' })).toBe(false);
    },
  );
});

describe('two comparisons of different fields', () => {
  it.each([
    ['properties.x = "a"', 'traits.x = "b"'],
    ['properties.x = null', 'properties.x.y = 1'],
    ['properties.x = "a"', 'properties.x.length = 1'],
    ['event = "a"', 'name = "b"'],
  ])('never exclude each other: %s and %s', (one, other) => {
    const [first, second] = [one, other].map((fql) => comparable(fql, () => ({})).comparison);
    expect(first !== undefined && second !== undefined && excludeEachOther(first, second)).toBe(false);
  });
});
