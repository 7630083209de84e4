/// <reference lib="esnext.disposable" />
/**
 * `npm start`: the whole flow on this machine. Sends the examples as their sources would, waits until their runs are done,
 * and prints what happened. The exit code is 0 only if everything was as expected.
 */
import { once } from 'node:events';
import { accessFileOf } from '../infra/bundling/accessFileOf.ts';
import { loadTriggers, TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { SynthesisError } from '../infra/synthesize.ts';
import { readDispatchEverySeconds } from './dev/devSettings.ts';
import { LocalSystemError } from './localSystemError.ts';
import { interruptedExitCode, onInterrupt } from './onInterrupt.ts';
import { otherRequests } from './scenario/otherRequests.ts';
import { runScenario, type ScenarioResult } from './scenario/runScenario.ts';
import { scenarioRequests } from './scenario/scenarioRequests.ts';
import { startScenarioSimulators, systemsOf } from './scenario/scenarioSimulators.ts';
import { localRedeliverAfterSeconds } from './system/systemOptions.ts';
import { bootLocalSystem } from './system.ts';

/** That of an Enterprise plan, so that two dozen runs take seconds. */
const requestsPerMinute = 600;
const examples = 'examples/*.ndjson';

const interrupted = onInterrupt();
// The reader of the output may go away first.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exit(await main());

async function main(): Promise<number> {
  await using started = new AsyncDisposableStack();
  try {
    const interruption = once(interrupted, 'abort').then(() => interrupted.throwIfAborted());
    return report((await Promise.race([bootAndRun(started), interruption])) ?? undefined);
  } catch (error) {
    if (interrupted.aborted) {
      return interruptedExitCode;
    }
    const isExpected = [TriggersFileError, SynthesisError, LocalSystemError].some(
      (kind) => error instanceof kind,
    );
    console.error(isExpected ? (error as Error).message : error);
    return 1;
  }
}

async function bootAndRun(started: AsyncDisposableStack): Promise<ScenarioResult> {
  const { file: triggersFile, title } = scenarioTriggers();
  progress(`with the triggers of ${title}`);
  const dispatchEverySeconds = readDispatchEverySeconds(process.env);
  const triggers = loadTriggers(triggersFile);
  const requests = await scenarioRequests(examples, Date.now());
  const others = await otherRequests(Date.now());
  const simulators = await startScenarioSimulators(requestsPerMinute, started);
  const system = await bootLocalSystem({
    maveraBaseUrl: simulators.mavera.baseUrl,
    systems: systemsOf(simulators),
    bearerToken: 'local-bearer-token',
    sendgridPublicKey: simulators.sendgrid.publicKey,
    triggersFile,
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s' },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    ...(dispatchEverySeconds === undefined ? {} : { dispatchEverySeconds }),
    onProgress: progress,
    onError: (error) => console.error(error),
    signal: interrupted,
  });
  started.defer(() => system.stop());
  return await runScenario({ system, simulators, triggers, requests, others, onProgress: progress });
}

/** The triggers file, and what it is called for people. */
function scenarioTriggers(): { readonly file: string; readonly title: string } {
  const own = process.env.TRIGGERS ?? 'triggers.ts';
  // Those of the examples need what an access file of the project does not grant them.
  return process.env.TRIGGERS !== undefined || accessFileOf(own) !== undefined
    ? { file: own, title: own }
    : { file: 'local/scenario/triggers.ts', title: 'triggers.ts and examples/triggers.ts' };
}

function progress(step: string): void {
  console.error(`  ${step}`);
}

/** Prints what happened. @returns the exit code */
function report(result: ScenarioResult | undefined): number {
  if (result === undefined) {
    return interruptedExitCode;
  }
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
