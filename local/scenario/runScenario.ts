import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { MaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { sendToWebhook } from '../../simulators/segment/sendToWebhook.ts';
import type { LocalSystem } from '../system.ts';
import { expectedOf } from './expectation.ts';
import { Observation } from './observation.ts';
import { differences, table } from './report.ts';
import { ResultsQueue } from './resultsQueue.ts';
import type { ScenarioRequest } from './scenarioRequests.ts';

const drainTimeoutMs = 120_000;

/** What a scenario is run with. */
export interface ScenarioOptions {
  readonly system: LocalSystem;
  /** Its own count is held against the runner's, where Mavera is the simulator. */
  readonly mavera?: MaveraSimulator;
  readonly triggers: readonly Trigger[];
  readonly requests: readonly ScenarioRequest[];
  readonly onProgress: (step: string) => void;
}

/** What came of it. */
export interface ScenarioResult {
  /** For people. */
  readonly table: string;
  /** Empty when everything was as expected. */
  readonly differences: readonly string[];
}

/** Sends the requests as Segment would, waits for their runs, and compares what happened with what should have. */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioResult> {
  const { system, mavera, triggers, requests, onProgress } = options;
  const observation = new Observation();
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const stopWatching = system.onLog(observation.seeLog);
  onProgress(`sending ${requests.length} requests to ${system.segmentUrl}`);
  for (const request of requests) {
    const { attempts } = await sendToWebhook({
      url: system.segmentUrl,
      payload: request.payload,
      form: request.form,
      secret: secretOf(request, system.sharedSecret),
      bearerToken: request.withBearerToken ? system.bearerToken : undefined,
      retry: { timeScale: 0.05, maxAttempts: 5 },
    });
    for (const attempt of attempts.slice(-1)) {
      observation.seeAttempt(attempt);
    }
  }
  onProgress('waiting until every run is done');
  await system.waitUntilDrained(drainTimeoutMs);
  for (const body of await results.drain()) {
    observation.seeResult(body);
  }
  stopWatching();
  const names = triggers.map(({ name }) => name);
  return {
    table: table(observation, names),
    differences: differences(observation, expectedOf(requests, triggers), mavera),
  };
}

function secretOf({ secret }: ScenarioRequest, sharedSecret: string): string | undefined {
  return { right: sharedSecret, wrong: `not ${sharedSecret}`, none: undefined }[secret];
}
