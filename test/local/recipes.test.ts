import { describe, expect, it } from 'vitest';
import { askMave, defineTriggers, segopsSegments, trigger } from '../../functions/index.ts';
import { noCounts } from '../../functions/ledger/pullCursor.ts';
import { mismatchedWork } from '../../local/recipes/maveraWork.ts';
import type { ObservedRun } from '../../local/recipes/observedRuns.ts';
import { isAsExpected, outcomeText } from '../../local/recipes/outcomeText.ts';
import { recipeDifferences } from '../../local/recipes/recipeDifferences.ts';
import type { RecipeExpectation } from '../../local/recipes/recipeExpectation.ts';
import type { ObservedPull, RecipeOutcome, RecipesOutcome } from '../../local/recipes/recipeOutcome.ts';
import { shortText, wrapped } from '../../local/recipes/shortText.ts';
import type { ApiCall } from '../../simulators/http/callLog.ts';

const triggers = defineTriggers([
  trigger(
    { name: 'news', from: segopsSegments({ tenant: 'acme' }), every: '1d' },
    askMave(({ event }) => ({ message: `Who is in "${event.properties.segment_name}"?` })),
  ),
]);
const counts = { ...noCounts, items: 2, runs: 1, unchanged: 1, calls: 1 };

function expectation(more: Partial<RecipeExpectation> = {}): RecipeExpectation {
  return { recipe: 'news', pulls: { news: { items: 2, runs: 1 } }, runs: { news: 1 }, ...more };
}

function pulled(more: Partial<ObservedPull> = {}): ObservedPull {
  const ended = { occurrence: 'one', status: 'done', counts, startedAtMs: 1_000, endedAtMs: 3_500 } as const;
  return { trigger: 'news', kind: 'segopsSegments', time: 'first', ended, ...more };
}

const body = { message: 'Who is in "VIPs"?' };

function run(more: Partial<ObservedRun> = {}): ObservedRun {
  return {
    runId: '0123456789abcdef',
    trigger: 'news',
    state: 'done',
    creditsUsed: 20,
    result: { content: 'People who like it.' },
    events: [
      { type: 'track', event: 'Segment Recomputed', properties: { segment_name: 'VIPs', members: 1200 } },
    ],
    request: { method: 'POST', path: '/mave/chat', body },
    ...more,
  };
}

function outcome(
  more: Partial<Omit<RecipeOutcome, 'differences' | 'recipe'>> = {},
  expected: RecipeExpectation = expectation(),
): RecipeOutcome {
  const recipe = {
    name: 'news',
    title: 'News',
    file: 'examples/recipes/news.ts',
    triggers,
    expectation: expected,
  };
  const observed = { recipe, posted: [], pulls: [pulled()], runs: [run()], ...more };
  return { ...observed, differences: recipeDifferences(observed) };
}

function call(more: Partial<ApiCall> = {}): ApiCall {
  return {
    atMs: 0,
    key: 'key',
    method: 'POST',
    path: '/mave/chat',
    query: '',
    requestBody: body,
    fault: undefined,
    outcome: 'answered',
    status: 200,
    responseBody: {},
    ...more,
  };
}

describe('a recipe', () => {
  it('is as expected with the counts, runs and requests that it states', () => {
    const requests = { news: { with: ['Who is in "VIPs"?', /vips/i], without: ['@', /\d{10}/] } };
    expect(outcome({}, expectation({ requests })).differences).toEqual([]);
  });

  it('differs by a count of a pull, of its first or its second occurrence', () => {
    const again = { news: { runs: 0, unchanged: 2 } };
    const pulls = [pulled(), pulled({ time: 'again' })];
    const expected = expectation({ pulls: { news: { items: 3 } }, again });
    expect(outcome({ pulls }, expected).differences).toEqual([
      'the pull news: items 2, expected 3',
      'the pull news, started again,: runs 1, expected 0',
      'the pull news, started again,: unchanged 1, expected 2',
    ]);
  });

  it('differs when a pull has failed or has not ended', () => {
    const failed = {
      ...pulled().ended,
      status: 'failed',
      detail: 'there is no tenant',
    } as ObservedPull['ended'];
    expect(outcome({ pulls: [pulled({ ended: failed })] }).differences).toEqual([
      'the pull news has failed: there is no tenant',
    ]);
    expect(outcome({ pulls: [pulled({ ended: undefined })] }).differences).toEqual([
      'the pull news has not ended',
    ]);
  });

  it('differs when a run is missing, has failed, or belongs to a trigger of which none is expected', () => {
    const failed = run({ state: 'failed', reason: 'builder_failed', detail: 'it threw' });
    expect(outcome({ runs: [failed, run({ trigger: 'other' })] }).differences).toEqual([
      'news: 0 runs done, expected 1',
      'other: 1 runs done, expected 0',
      'news: run 01234567 has failed (builder_failed: it threw)',
    ]);
  });

  it('differs when a request does not say what it must, or says what it must not', () => {
    const requests = { news: { with: ['Who is in "Churned"?'], without: [/"VIPs"/] } };
    expect(outcome({}, expectation({ requests })).differences).toEqual([
      'news: no request to Mavera says "Who is in \\"Churned\\"?"',
      'news: a request to Mavera says /"VIPs"/, which it must not',
    ]);
  });

  it('differs when a post is not accepted', () => {
    const posted = [{ file: 'a.ndjson', events: 1, refused: ['a post of a.ndjson was answered 401'] }];
    expect(outcome({ posted }).differences).toEqual(['a post of a.ndjson was answered 401']);
  });
});

describe('the work of Mavera', () => {
  it('fits when each request of a run has arrived once, whatever the order of its members', () => {
    const persona = run({ runId: 'b', request: { method: 'POST', path: '/personas', body: { a: 1, b: 2 } } });
    const created = call({ path: '/personas', requestBody: { b: 2, a: 1 } });
    expect(mismatchedWork([run(), persona], [call(), created])).toEqual({ runs: [], unasked: [] });
  });

  it('fits when two runs send the same request and it arrives twice', () => {
    expect(mismatchedWork([run(), run({ runId: 'b' })], [call(), call()])).toEqual({ runs: [], unasked: [] });
  });

  it('does not fit when a request arrives never or twice', () => {
    expect(mismatchedWork([run()], []).runs).toEqual([{ run: run(), reached: 0 }]);
    expect(mismatchedWork([run()], [call(), call()]).runs).toEqual([{ run: run(), reached: 2 }]);
  });

  it('does not fit when Mavera has done what no run asked for; reads and refused calls are no work', () => {
    const calls = [call(), call({ method: 'GET', path: '/usage' }), call({ status: 429 })];
    expect(mismatchedWork([run()], calls).unasked).toEqual([]);
    const other = call({ path: '/personas' });
    expect(mismatchedWork([run()], [...calls, other]).unasked).toEqual(['POST /personas']);
  });
});

describe('the report', () => {
  const all = (...recipes: readonly RecipeOutcome[]): RecipesOutcome => ({
    recipes,
    credits: 20,
    bootMs: 8_000,
    runMs: 12_000,
    parked: [],
    differences: [],
  });

  it('shows of one recipe what came in, what Mavera was asked, what came back, and the credits', () => {
    const skipped = run({ runId: 'b', state: 'skipped', reason: 'cooldown', creditsUsed: 0 });
    expect(outcomeText(all(outcome({ runs: [run(), skipped] })), 100)).toBe(`News
examples/recipes/news.ts, explained in docs/recipes/news.md

What came in
  segopsSegments, for news: 2 items, 1 unchanged, 1 run, 1 call (2.5 s)
    Segment Recomputed: segment_name: VIPs, members: 1,200
    Segment Recomputed: segment_name: VIPs, members: 1,200

news: 1 run, 20 credits; 1 skipped (cooldown)
  POST /mave/chat  message: Who is in "VIPs"?
    → 20 credits  People who like it.

In all
  1 run done, 1 request to Mavera, 20 credits (Mavera counted 20)
  12 s, after a boot of 8 s

As expected: each request has reached Mavera once, with the credits that Mavera has counted, and nothing is left.`);
  });

  it('shows several recipes as a table, and says where they differ', () => {
    const outcomes = all(outcome(), outcome({ runs: [] }));
    const text = outcomeText(outcomes, 100);
    expect(text).toContain(`recipe  posted  pulled  unchanged  runs  requests  credits  as expected
news                 2                1         1       20  yes
news                 2                                      NO
all                  4                1         1       20  NO`);
    expect(text).toContain('Not as expected:\n  news: news: 0 runs done, expected 1');
    expect(isAsExpected(outcomes)).toBe(false);
    expect(isAsExpected(all(outcome()))).toBe(true);
    expect(isAsExpected({ ...all(outcome()), differences: ['dead letters in runs: 1'] })).toBe(false);
  });

  it('shortens values for people', () => {
    expect(shortText({ name: 'A\n\nB', size: 1234.5, tags: ['x', null], more: { a: true } }, 100)).toBe(
      'name: A B, size: 1,234.5, tags: [x, null], more: {a: true}',
    );
    expect(shortText('a long text', 7)).toBe('a long…');
    expect(wrapped('one two three four', 11, '> ', '  ')).toBe('> one two\n  three\n  four');
  });
});
