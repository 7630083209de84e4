import { describe, expect, it } from 'vitest';
import { pulledMessageId } from '../../../functions/ledger/keys.ts';
import { noCounts } from '../../../functions/ledger/pullCursor.ts';
import { judgePullCase } from '../../../lab/prove/crashes/pulls/judgePullCase.ts';
import type { PullCase } from '../../../lab/prove/crashes/pulls/pullCase.ts';
import type { TriedPull } from '../../../lab/prove/crashes/pulls/tryPullCase.ts';

const pullCase: PullCase = { id: 'contacts-1', kind: 'contacts' };
const ended = { occurrence: 'first', counts: noCounts, startedAtMs: 0, endedAtMs: 1 } as const;
const tried: TriedPull = {
  pullCase,
  trigger: 'contacts',
  occurrence: 'first',
  steps: [],
  hasMet: true,
  last: { ...ended, status: 'done' },
  exportsStarted: 1,
};
const items = ['pro', 'team'];
const done = (...times: readonly number[]): ReadonlyMap<string, number> =>
  new Map(
    items.flatMap((item, index) => {
      const count = times[index] ?? 0;
      return count === 0 ? [] : [[pulledMessageId('contacts', item, 'first'), count] as const];
    }),
  );
const published = new Map([['first', 1]]);

describe('the judge of a pull that met a fault', () => {
  it('finds nothing wrong if each item was done once, and the end was told at least once', () => {
    expect(judgePullCase(tried, items, { done: done(1, 1), published })).toEqual([]);
    expect(judgePullCase(tried, items, { done: done(1, 1), published: new Map([['first', 2]]) })).toEqual([]);
  });

  it.each<[string, Partial<TriedPull>, readonly number[], readonly string[]]>([
    ['an item without a run', {}, [1, 0], ['team is lost']],
    ['an item with two', {}, [1, 2], ['team was done 2 times']],
    ['a second export', { exportsStarted: 2 }, [1, 1], ['2 exports were started']],
    ['no export, so that nothing was tried', { exportsStarted: 0 }, [1, 1], ['no export was started']],
    [
      'an occurrence that failed',
      { last: { ...ended, status: 'failed', detail: 'No answer came' } },
      [1, 1],
      ['it has failed: No answer came'],
    ],
    [
      'an occurrence that is stuck',
      { last: undefined },
      [1, 1],
      ['first is not finished: it came to no end'],
    ],
  ])('finds %s', (_what, more, times, problems) => {
    expect(judgePullCase({ ...tried, ...more }, items, { done: done(...times), published })).toEqual(
      problems,
    );
  });

  it('allows a second export only if the first one was lost', () => {
    const twice = { ...tried, exportsStarted: 2, pullCase: { ...pullCase, special: 'export lost' as const } };
    expect(judgePullCase(twice, items, { done: done(1, 1), published })).toEqual([]);
  });

  it('finds an end that was not published', () => {
    expect(judgePullCase(tried, items, { done: done(1, 1), published: new Map() })).toEqual([
      'its end was not published',
    ]);
  });
});
