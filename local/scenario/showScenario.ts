import { accessFileOf } from '../../infra/bundling/accessFileOf.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import { readDispatchEverySeconds } from '../dev/devSettings.ts';
import type { ShowOptions } from '../show.ts';
import { localRedeliverAfterSeconds } from '../system/systemOptions.ts';
import { bootLocalSystem } from '../system.ts';
import { otherRequests } from './otherRequests.ts';
import { runScenario, type ScenarioResult } from './runScenario.ts';
import { scenarioRequests } from './scenarioRequests.ts';
import { filesOriginOf, startScenarioSimulators, systemsOf } from './scenarioSimulators.ts';

/** That of an Enterprise plan, so that two dozen runs take seconds. */
const requestsPerMinute = 600;
const examples = 'examples/*.ndjson';

/**
 * Sends the examples as their sources would, waits until their runs are done, and prints what happened.
 *
 * @returns the exit code: 0 only if everything was as expected
 */
export async function showScenario(options: ShowOptions): Promise<number> {
  return report(await bootAndRun(options));
}

async function bootAndRun({ started, signal, onProgress, onError }: ShowOptions): Promise<ScenarioResult> {
  const { file: triggersFile, title } = scenarioTriggers();
  onProgress(`with the triggers of ${title}`);
  const dispatchEverySeconds = readDispatchEverySeconds(process.env);
  const triggers = loadTriggers(triggersFile);
  const requests = await scenarioRequests(examples, Date.now());
  const others = await otherRequests(Date.now());
  const simulators = await startScenarioSimulators({ requestsPerMinute }, started);
  const system = await bootLocalSystem({
    maveraBaseUrl: simulators.mavera.baseUrl,
    systems: systemsOf(simulators),
    filesOrigin: filesOriginOf(simulators),
    bearerToken: 'local-bearer-token',
    sendgridPublicKey: simulators.sendgrid.publicKey,
    triggersFile,
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s' },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    ...(dispatchEverySeconds === undefined ? {} : { dispatchEverySeconds }),
    onProgress,
    onError,
    signal,
  });
  started.defer(() => system.stop());
  return await runScenario({ system, simulators, triggers, requests, others, onProgress });
}

/** The triggers file, and what it is called for people. */
function scenarioTriggers(): { readonly file: string; readonly title: string } {
  const own = process.env.TRIGGERS ?? 'triggers.ts';
  // Those of the examples need what an access file of the project does not grant them.
  return process.env.TRIGGERS !== undefined || accessFileOf(own) !== undefined
    ? { file: own, title: own }
    : { file: 'local/scenario/triggers.ts', title: 'triggers.ts and examples/triggers.ts' };
}

/** Prints what happened. @returns the exit code */
function report(result: ScenarioResult): number {
  console.log(`\n${result.table}\n`);
  if (result.notes.length > 0) {
    console.log(`${result.notes.join('\n')}\n`);
  }
  if (result.parked !== '') {
    console.log(`Parked: ${result.parked}.`);
  }
  if (result.differences.length === 0) {
    const except = result.parked === '' ? '' : ', except those that are parked';
    console.log(`As expected: every event was accounted for, and each run was done once${except}.`);
    return 0;
  }
  console.log(`Not as expected:\n${result.differences.map((difference) => `  ${difference}`).join('\n')}`);
  return 1;
}
