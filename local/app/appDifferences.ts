import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { ObservedRun } from '../recipes/observedRuns.ts';
import type { ObservedPull } from '../recipes/recipeOutcome.ts';
import type { Expectation } from '../scenario/expectation.ts';
import type { Observation } from '../scenario/observation.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';

/** What was observed of an app, and what the filters of its triggers say of the events. */
export interface ObservedApp {
  readonly triggers: readonly Trigger[];
  readonly observation: Observation;
  readonly expected: Expectation;
  readonly pulls: readonly ObservedPull[];
  readonly runs: readonly ObservedRun[];
  readonly parked: readonly ParkedCount[];
}

/**
 * What does not hold of an app: each event was counted as its filters say, each queued run has ended or waits, none has failed,
 * and each pull is done.
 *
 * @returns one sentence each
 */
export function appDifferences(observed: ObservedApp): readonly string[] {
  const { triggers, pulls, runs } = observed;
  return [
    ...differencesOfAnswers(observed),
    ...triggers.flatMap((trigger) => differencesOfTrigger(trigger, observed)),
    ...pulls.flatMap(({ trigger, ended }) => differencesOfPull(trigger, ended)),
    ...runs.filter(({ state }) => state === 'failed').map(failure),
  ];
}

/** A share of the events cannot be told from the filters. */
function differencesOfAnswers({ triggers, observation, expected }: ObservedApp): readonly string[] {
  if (triggers.some(({ sample }) => sample !== undefined)) {
    return [];
  }
  return (Object.entries(expected.totals) as [keyof Expectation['totals'], number][]).flatMap(
    ([name, wanted]) =>
      observation.totals[name] === wanted
        ? []
        : [`the receiver has counted ${observation.totals[name]} events as ${name}, expected ${wanted}`],
  );
}

function differencesOfTrigger(
  { name, sample, collect }: Trigger,
  { observation, expected, runs, parked }: ObservedApp,
): readonly string[] {
  const wanted = expected.byTrigger.get(name);
  const { queued } = observation.of(name);
  if (wanted === undefined) {
    return [];
  }
  const isCounted = sample !== undefined || wanted.queued === queued;
  const ended = runs.filter(({ trigger }) => trigger === name).length;
  const waiting = parked.reduce((sum, one) => (one.trigger === name ? sum + one.count : sum), 0);
  // The run of a collection stands for many events; that of a pull for none.
  const isAccounted = collect !== undefined || ended + waiting >= queued;
  return [
    ...(isCounted ? [] : [`${name}: ${queued} runs queued, expected ${wanted.queued}`]),
    ...(isAccounted ? [] : [`${name}: of ${queued} runs, ${ended} have ended and ${waiting} wait`]),
  ];
}

function differencesOfPull(trigger: string, ended: ObservedPull['ended']): readonly string[] {
  if (ended === undefined) {
    return [`the pull ${trigger} has not ended`];
  }
  return ended.status === 'done'
    ? []
    : [`the pull ${trigger} has ${ended.status}: ${ended.detail ?? 'it does not say why'}`];
}

function failure({ trigger, runId, reason = 'failed', detail }: ObservedRun): string {
  const why = detail === undefined ? reason : `${reason}: ${detail}`;
  return `${trigger}: run ${runId.slice(0, 8)} has failed (${why})`;
}
