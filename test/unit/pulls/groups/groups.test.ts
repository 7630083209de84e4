import { describe, expect, it } from 'vitest';
import { clusterBy, quantileKey } from '../../../../functions/pulls/groups/clusterBy.ts';
import {
  addValue,
  numberOf,
  quantileOf,
  startSketch,
  summaryOf,
} from '../../../../functions/pulls/groups/fieldSketch.ts';
import { groupingFold } from '../../../../functions/pulls/groups/foldPeople.ts';
import { addPerson, groupsOf, startPeople } from '../../../../functions/pulls/groups/groupPeople.ts';
import { summarize } from '../../../../functions/pulls/groups/summarize.ts';
import { parseSegmentEvent } from '../../../../functions/sources/segment/event.ts';

const reading =
  (values: Readonly<Record<string, unknown>>): ((field: string) => unknown) =>
  (field) =>
    values[field];

function sketchOf(values: readonly unknown[]): ReturnType<typeof startSketch> {
  const sketch = startSketch();
  for (const value of values) {
    addValue(sketch, value);
  }
  return sketch;
}

describe('what is known of a field', () => {
  it('has the quartiles of a few numbers exactly', () => {
    const numbers = Array.from({ length: 100 }, (_none, index) => index + 1);
    expect(summaryOf(sketchOf(numbers))).toEqual({
      count: 100,
      lowerQuartile: 25,
      median: 50,
      upperQuartile: 75,
    });
  });

  it('has the quartiles of many numbers to 3 %, in a few kilobytes', () => {
    const numbers = Array.from({ length: 100_000 }, (_none, index) => ((index * 7_919) % 100_000) - 20_000);
    const sketch = sketchOf(numbers);
    for (const [share, expected] of [
      [0.1, -10_000],
      [0.5, 30_000],
      [0.9, 70_000],
    ] as const) {
      expect((quantileOf(sketch, share) ?? 0) / expected).toBeGreaterThan(0.97);
      expect((quantileOf(sketch, share) ?? 0) / expected).toBeLessThan(1.03);
    }
    expect(JSON.stringify(sketch).length).toBeLessThan(10_000);
  });

  it('shows no value that fewer than five people have', () => {
    const plans = [...Array(7).fill('pro'), ...Array(5).fill('free'), ...Array(4).fill('secret')];
    expect(summaryOf(sketchOf(plans))).toEqual({
      count: 16,
      top: [
        { value: 'pro', count: 7 },
        { value: 'free', count: 5 },
      ],
    });
    expect(summaryOf(sketchOf([1, 2, 3, 4]))).toEqual({ count: 4 });
  });

  it('keeps frequent texts among any number of rare ones, and names of JavaScript', () => {
    const values = Array.from({ length: 20_000 }, (_none, index) =>
      index % 4 === 0 ? '__proto__' : `rare ${index}`,
    );
    const sketch = sketchOf(values);
    expect(summaryOf(sketch).top).toEqual([{ value: '__proto__', count: 5_000 }]);
    expect(JSON.stringify(sketch).length).toBeLessThan(20_000);
  });

  it('counts each value of a list, and the person once', () => {
    expect(summaryOf(sketchOf(Array(6).fill(['a', 'b'])))).toEqual({
      count: 6,
      top: [
        { value: 'a', count: 6 },
        { value: 'b', count: 6 },
      ],
    });
  });

  it('leaves out what is empty, and long texts', () => {
    expect(summaryOf(sketchOf([null, undefined, '', ' ', {}, Number.NaN, []]))).toEqual({ count: 0 });
    expect(summaryOf(sketchOf(Array(9).fill('x'.repeat(101))))).toEqual({ count: 9 });
  });

  it.each([
    ['12', 12],
    ['-1.5', -1.5],
    ['0', 0],
    ['0.5', 0.5],
    ['01097', undefined],
    ['1e9', undefined],
    ['', undefined],
    ['2026-01-01', undefined],
  ])('reads the text "%s" as the number %s', (text, expected) => {
    expect(numberOf(text)).toBe(expected);
  });
});

describe('summarize', () => {
  it('sums the properties of events up, otherwise their traits', () => {
    const events = Array.from({ length: 10 }, (_none, index) => {
      const parsed = parseSegmentEvent({
        type: 'track',
        properties: { total: index, plan: 'pro' },
        traits: { plan: 'none', country: 'DE' },
      });
      return parsed.ok ? [parsed.event] : [];
    }).flat();
    expect(summarize(events, ['total', 'plan', 'country', 'toString'])).toEqual({
      count: 10,
      fields: {
        total: { count: 10, lowerQuartile: 2, median: 4, upperQuartile: 7 },
        plan: { count: 10, top: [{ value: 'pro', count: 10 }] },
        country: { count: 10, top: [{ value: 'DE', count: 10 }] },
        toString: { count: 0 },
      },
    });
  });
});

describe('clusterBy', () => {
  const clusters = clusterBy({
    new: { days: { below: 30 } },
    at_risk: { ltv: { from: 1_000 }, days_since_order: { from: 90 } },
    high_value: { ltv: { top: 0.25 } },
    growth: { plan: ['pro', 'team'], seats: { from: 2, below: 10 } },
  });
  const quantiles = { [quantileKey('ltv', 0.75)]: 812 };

  it.each([
    [{ days: 29, ltv: 5_000 }, 'new', 'days below 30'],
    [{ days: 30, ltv: '1000', days_since_order: '90' }, 'at_risk', 'ltv from 1000; days_since_order from 90'],
    [{ ltv: 812 }, 'high_value', 'ltv in the top 25 % (from 812)'],
    [{ plan: 'team', seats: 9 }, 'growth', 'plan pro or team; seats from 2, below 10'],
    [{ plan: 'team', seats: 10 }, 'other', ''],
    [{}, 'other', ''],
  ])('puts %j into %s', (values, name, explanation) => {
    expect(clusters.clusterOf(reading(values), quantiles)).toEqual({ name, explanation });
  });

  it('names the fields and the quantiles that its rules need', () => {
    expect(clusters.fields).toEqual(['days', 'ltv', 'days_since_order', 'plan', 'seats']);
    expect(clusters.quantiles).toEqual([{ field: 'ltv', share: 0.75 }]);
    expect(clusterBy({ a: { n: { bottom: 0.1 } } }).quantiles).toEqual([{ field: 'n', share: 0.1 }]);
  });

  it('names the others as it is told', () => {
    expect(clusterBy({}, 'rest').clusterOf(reading({}))).toEqual({ name: 'rest', explanation: '' });
  });

  it('refuses a cluster without rules: all others have a name of their own', () => {
    expect(() => clusterBy({ a: {} })).toThrow(
      "clusterBy: a: it has no rules, so that everybody would be in it; name the cluster of all others after the rules: clusterBy({ … }, 'a')",
    );
    expect(() => clusterBy({ a: { plan: [] } })).toThrow(
      'clusterBy: a.plan: the list has no values, so that nobody would be in the cluster',
    );
    expect(() => clusterBy({})).toThrow('clusterBy: there are no clusters; name the group of everybody');
  });

  it.each([{}, { above: 3 }, { from: '3' }, { top: 1 }, { bottom: 0 }, null])(
    'refuses the rule %j',
    (rule) => {
      expect(() => clusterBy({ a: { n: rule as object } })).toThrow(
        /^clusterBy: a.n: expected a list of values/,
      );
    },
  );
});

describe('groups of people', () => {
  it('are found in a file whose first row is too short to have their column', () => {
    const fold = groupingFold('country', []);
    const rows = [{ EMAIL: 'a' }, ...Array.from({ length: 5 }, () => ({ EMAIL: 'b', COUNTRY: 'DE' }))];
    const gathered = rows.reduce((people, row) => fold.row(people, row), fold.start());
    expect(fold.end(gathered)).toMatchObject([{ group: 'DE', count: 5 }]);
  });

  it('have the values of a field as they are, with shares of all people', () => {
    const people = startPeople();
    for (let index = 0; index < 100; index += 1) {
      const country = ['DE', 'DE', 'US', '', undefined][index % 5];
      addPerson(people, reading({ country, plan: 'pro', age: index }), 'country', ['plan', 'age']);
    }
    expect(groupsOf(people, ['plan', 'age'])).toMatchObject([
      {
        group: 'DE',
        explanation: 'country is DE',
        count: 40,
        share: 0.4,
        total: 100,
        fields: { plan: { count: 40, top: [{ value: 'pro', count: 40 }] }, age: { count: 40, median: 46 } },
      },
      { group: 'US', count: 20, share: 0.2 },
    ]);
  });

  it('are not shown when they are smaller than five, and are the 50 largest', () => {
    const people = startPeople();
    for (let index = 0; index < 10_000; index += 1) {
      addPerson(people, reading({ city: `city ${index % 150}` }), 'city', []);
    }
    for (let index = 0; index < 4; index += 1) {
      addPerson(people, reading({ city: 'tiny' }), 'city', []);
    }
    const groups = groupsOf(people, []);
    expect(groups).toHaveLength(50);
    expect(groups.some(({ group }) => group === 'tiny')).toBe(false);
  });
});
