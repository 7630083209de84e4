import { loadTriggers, TriggersFileError } from '../infra/bundling/loadTriggers.ts';
import { SynthesisError } from '../infra/synthesize.ts';
import { LocalSystemError } from './localSystemError.ts';
import { startMaveraSimulator } from './mavera/simulator.ts';
import { runScenario } from './scenario/runScenario.ts';
import { scenarioRequests } from './scenario/scenarioRequests.ts';
import { localRedeliverAfterSeconds, localSecrets } from './system/systemOptions.ts';
import { bootLocalSystem } from './system.ts';

/** Of an Enterprise plan, so that two dozen runs take seconds. */
const requestsPerMinute = 600;
const examples = 'examples/*.ndjson';

/**
 * `npm start`: the whole flow on this machine. Sends the examples as Segment would, waits until their runs are
 * done, and prints what happened. Exit code 0 only if it was as expected.
 */
async function start(): Promise<void> {
  const progress = (step: string): void => {
    console.error(`  ${step}`);
  };
  const triggersFile = process.env.TRIGGERS ?? 'triggers.ts';
  const triggers = await loadTriggers(triggersFile);
  const requests = await scenarioRequests(examples, Date.now());

  await using started = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void started.disposeAsync().then(() => process.exit(130)));
  }
  const mavera = await startMaveraSimulator({ requestsPerMinute, apiKey: localSecrets.maveraApiKey });
  started.defer(() => mavera.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    bearerToken: 'local-bearer-token',
    triggersFile,
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeoutSeconds: 20 },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    onProgress: progress,
    onError: (error) => console.error(error),
  });
  started.defer(() => system.stop());

  const { table, differences } = await runScenario({
    system,
    mavera,
    triggers,
    requests,
    onProgress: progress,
  });
  console.log(`\n${table}\n`);
  if (differences.length === 0) {
    console.log('As expected: every event was accounted for, and each run was done once.');
  } else {
    console.log(`Not as expected:\n${differences.map((difference) => `  ${difference}`).join('\n')}`);
    process.exitCode = 1;
  }
}

try {
  await start();
} catch (error) {
  const isExpected = [TriggersFileError, SynthesisError, LocalSystemError].some(
    (kind) => error instanceof kind,
  );
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}
