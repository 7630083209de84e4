/// <reference lib="esnext.disposable" />
/**
 * `npm start`: the whole flow on this machine. Sends the examples as Segment would, waits until their runs are done,
 * and prints what happened. The exit code is 0 only if everything was as expected.
 */
import { once } from 'node:events';
import { loadTriggers, TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { SynthesisError } from '../infra/synthesize.ts';
import { startMaveraSimulator } from '../simulators/mavera/simulator.ts';
import { readDispatchEverySeconds } from './dev/devSettings.ts';
import { LocalSystemError } from './localSystemError.ts';
import { interruptedExitCode, onInterrupt } from './onInterrupt.ts';
import { runScenario, type ScenarioResult } from './scenario/runScenario.ts';
import { scenarioRequests } from './scenario/scenarioRequests.ts';
import { localRedeliverAfterSeconds, localSecrets } from './system/systemOptions.ts';
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
  const triggersFile = process.env.TRIGGERS ?? 'triggers.ts';
  const dispatchEverySeconds = readDispatchEverySeconds(process.env);
  const triggers = await loadTriggers(triggersFile);
  const requests = await scenarioRequests(examples, Date.now());
  const mavera = await startMaveraSimulator({ requestsPerMinute, apiKey: localSecrets.maveraApiKey });
  started.defer(() => mavera.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    bearerToken: 'local-bearer-token',
    triggersFile,
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s' },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    ...(dispatchEverySeconds === undefined ? {} : { dispatchEverySeconds }),
    onProgress: progress,
    onError: (error) => console.error(error),
    signal: interrupted,
  });
  started.defer(() => system.stop());
  return await runScenario({ system, mavera, triggers, requests, onProgress: progress });
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
