import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { MaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { sendToWebhook } from '../../simulators/segment/sendToWebhook.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { describeParked, type ParkedCount, waitsForOthers } from '../system/parkedRuns.ts';
import type { LocalSystem } from '../system.ts';
import { expectedOf } from './expectation.ts';
import { Observation } from './observation.ts';
import { differences, table } from './report.ts';
import { ResultsQueue } from './resultsQueue.ts';
import type { ScenarioRequest } from './scenarioRequests.ts';

const drainTimeoutMs = 120_000;

/** What a scenario needs. */
export interface ScenarioOptions {
  readonly system: LocalSystem;
  /** The simulator, whose count of calls is compared with the runner's. */
  readonly mavera?: MaveraSimulator;
  readonly triggers: readonly Trigger[];
  readonly requests: readonly ScenarioRequest[];
  readonly onProgress: (step: string) => void;
}

/** The outcome of a scenario. */
export interface ScenarioResult {
  /** The totals, for people. */
  readonly table: string;
  /** Which runs are parked until a person or a time ends their wait, for people; empty when there are none. */
  readonly parked: string;
  /** One sentence each; empty when everything was as expected. */
  readonly differences: readonly string[];
}

/** Sends the requests as Segment would, waits for their runs, and compares the totals with the expected ones. */
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
  const { parked, left } = await drain(system);
  for (const body of await results.drain()) {
    observation.seeResult(body);
  }
  stopWatching();
  const names = triggers.map(({ name }) => name);
  return {
    table: table(observation, names),
    parked: describeParked(parked),
    differences: [...left, ...differences(observation, expectedOf(requests, triggers), parked, mavera)],
  };
}

/** Waits for the end of all runs. Work that is left in the end does not prevent the summary: it is its first difference. */
async function drain(
  system: LocalSystem,
): Promise<{ readonly parked: readonly ParkedCount[]; readonly left: readonly string[] }> {
  try {
    return { parked: await system.waitUntilDrained(drainTimeoutMs, waitsForOthers), left: [] };
  } catch (error) {
    if (error instanceof LocalSystemError) {
      return { parked: [], left: [error.message] };
    }
    throw error;
  }
}

function secretOf({ secret }: ScenarioRequest, sharedSecret: string): string | undefined {
  return { right: sharedSecret, wrong: `not ${sharedSecret}`, none: undefined }[secret];
}
