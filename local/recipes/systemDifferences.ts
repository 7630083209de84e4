import type { MaveraSimulator } from '../../simulators/mavera/simulator.ts';
import type { ParkedCount } from '../system/parkedRuns.ts';
import { readQueue } from '../system/workLeft.ts';
import type { LocalSystem } from '../system.ts';
import { mismatchedWork } from './maveraWork.ts';
import type { ObservedRun } from './observedRuns.ts';
import { creditsOf } from './recipeOutcome.ts';

/** A system in which no work is left, and what was seen of it. */
export interface ObservedSystem {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly runs: readonly ObservedRun[];
  /** Runs that wait for the end of their collection. */
  readonly parked: readonly ParkedCount[];
}

/**
 * What holds whatever a recipe is: nothing is dead-lettered, each run's request has reached Mavera exactly once, the credits of
 * the runs are those that Mavera has counted, each collection is closed, and roles permit what functions did.
 *
 * @returns one sentence for each thing that does not hold
 */
export async function systemDifferences({
  system,
  mavera,
  runs,
  parked,
}: ObservedSystem): Promise<readonly string[]> {
  const { used } = mavera.credits();
  const told = creditsOf(runs);
  return [
    ...(await deadLetters(system)),
    ...openCollections(parked, runs),
    ...differencesOfWork(runs, mavera),
    ...(told === used ? [] : [`the runs used ${told} credits, but Mavera has counted ${used}`]),
    ...system.gateway
      .calls()
      .refused.map(
        ({ functionName, action, resource }) =>
          `AWS would refuse ${action} on ${resource} to ${functionName}`,
      ),
  ];
}

/** Each collection that was full has made a run, and leaves one that waits for its time. */
function openCollections(parked: readonly ParkedCount[], runs: readonly ObservedRun[]): readonly string[] {
  return parked.flatMap(({ trigger, count }) => {
    const made = runs.filter((run) => run.trigger === trigger && run.state === 'done').length;
    return count <= made ? [] : [`${trigger}: ${count - made} of its collections are not full`];
  });
}

async function deadLetters({ clients, resources }: LocalSystem): Promise<readonly string[]> {
  const { deadLetterQueueUrl, pullDeadLetterQueueUrl } = resources;
  const urls = [deadLetterQueueUrl, pullDeadLetterQueueUrl].filter((url) => url !== undefined);
  const queues = await Promise.all(urls.map((url) => readQueue(clients.sqs, url)));
  return queues
    .map(({ name, visible, delayed, inFlight }) => ({ name, messages: visible + delayed + inFlight }))
    .filter(({ messages }) => messages > 0)
    .map(({ name, messages }) => `dead letters in ${name}: ${messages}`);
}

function differencesOfWork(runs: readonly ObservedRun[], mavera: MaveraSimulator): readonly string[] {
  const { runs: wrong, unasked } = mismatchedWork(runs, mavera.calls());
  return [
    ...wrong.map(
      ({ run, reached }) =>
        `${run.trigger}: the request of run ${run.runId.slice(0, 8)} has reached Mavera ${reached} times, expected once`,
    ),
    ...unasked.map((call) => `Mavera got a ${call} that no run has asked for`),
  ];
}
