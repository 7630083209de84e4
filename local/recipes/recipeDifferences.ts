import type { PullCounts } from '../../functions/ledger/pullCursor.ts';
import type { ObservedRun } from './observedRuns.ts';
import type { RecipeExpectation } from './recipeExpectation.ts';
import type { ObservedPull, RecipeOutcome } from './recipeOutcome.ts';

/** Where a recipe differs from what is expected of it: one sentence each. */
export function recipeDifferences({
  recipe: { expectation },
  posted,
  pulls,
  runs,
}: Omit<RecipeOutcome, 'differences'>): readonly string[] {
  return [
    ...posted.flatMap(({ refused }) => refused),
    ...pulls.flatMap((pull) => differencesOfPull(pull, expectedCounts(pull, expectation))),
    ...differencesOfRuns(runs, expectation),
    ...Object.keys(expectation.requests ?? {}).flatMap((trigger) =>
      differencesOfRequests(trigger, runs, expectation),
    ),
  ];
}

function expectedCounts(
  { trigger, time }: ObservedPull,
  expectation: RecipeExpectation,
): Partial<PullCounts> {
  return (time === 'first' ? expectation.pulls : expectation.again)?.[trigger] ?? {};
}

function differencesOfPull({ trigger, time, ended }: ObservedPull, wanted: Partial<PullCounts>): string[] {
  const pull = `the pull ${trigger}${time === 'again' ? ', started again,' : ''}`;
  if (ended === undefined) {
    return [`${pull} has not ended`];
  }
  if (ended.status !== 'done') {
    return [`${pull} has ${ended.status}: ${ended.detail ?? 'it does not say why'}`];
  }
  return (Object.entries(wanted) as [keyof PullCounts, number][]).flatMap(([name, count]) =>
    ended.counts[name] === count ? [] : [`${pull}: ${name} ${ended.counts[name]}, expected ${count}`],
  );
}

function differencesOfRuns(runs: readonly ObservedRun[], expectation: RecipeExpectation): string[] {
  const triggers = new Set([...Object.keys(expectation.runs), ...runs.map(({ trigger }) => trigger)]);
  const counts = [...triggers].flatMap((trigger) => {
    const done = runs.filter((run) => run.trigger === trigger && run.state === 'done').length;
    const wanted = expectation.runs[trigger] ?? 0;
    return done === wanted ? [] : [`${trigger}: ${done} runs done, expected ${wanted}`];
  });
  const failed = runs
    .filter(({ state }) => state === 'failed')
    .map(({ trigger, runId, reason, detail }) => {
      const why = detail === undefined ? (reason ?? 'no reason') : `${reason ?? 'failed'}: ${detail}`;
      return `${trigger}: run ${runId.slice(0, 8)} has failed (${why})`;
    });
  return [...counts, ...failed];
}

function differencesOfRequests(
  trigger: string,
  runs: readonly ObservedRun[],
  { requests = {} }: RecipeExpectation,
): string[] {
  const { with: wanted = [], without: unwanted = [] } = requests[trigger] ?? {};
  const texts = runs.filter((run) => run.trigger === trigger).map(({ request }) => textsOf(request?.body));
  const stands = (pattern: string | RegExp): boolean => texts.some((text) => isIn(text, pattern));
  return [
    ...wanted
      .filter((pattern) => !stands(pattern))
      .map((pattern) => `${trigger}: no request to Mavera says ${shown(pattern)}`),
    ...unwanted
      .filter(stands)
      .map((pattern) => `${trigger}: a request to Mavera says ${shown(pattern)}, which it must not`),
  ];
}

/** The JSON of a request, and then its texts as they are, in which no quote is escaped. */
function textsOf(body: unknown): string {
  const texts: string[] = [];
  const json = JSON.stringify(body, (_, value: unknown) => {
    if (typeof value === 'string') {
      texts.push(value);
    }
    return value;
  });
  return [json ?? '', ...texts].join('\n');
}

function isIn(text: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0;
}

function shown(pattern: string | RegExp): string {
  return typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern);
}
