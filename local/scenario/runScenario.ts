import type { Trigger } from '../../functions/triggers/trigger.ts';
import { sendToWebhook } from '../../simulators/segment/sendToWebhook.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { describeParked, type ParkedCount, waitsForOthers } from '../system/parkedRuns.ts';
import type { LocalSystem } from '../system.ts';
import { differences } from './differences.ts';
import { expectedOf, type SentRequest } from './expectation.ts';
import { notes } from './notes.ts';
import { Observation } from './observation.ts';
import type { OtherRequest } from './otherRequests.ts';
import { ResultsQueue } from './resultsQueue.ts';
import { type ScenarioRequest, sentRequest } from './scenarioRequests.ts';
import type { ScenarioSimulators } from './scenarioSimulators.ts';
import { sendOther } from './sendOther.ts';
import { table } from './table.ts';

const drainTimeoutMs = 120_000;

/** What a scenario needs. */
export interface ScenarioOptions {
  readonly system: LocalSystem;
  readonly simulators: ScenarioSimulators;
  readonly triggers: readonly Trigger[];
  /** Of Segment. */
  readonly requests: readonly ScenarioRequest[];
  /** Of the other sources; only those of open ones are sent. */
  readonly others: readonly OtherRequest[];
  readonly onProgress: (step: string) => void;
}

/** The outcome of a scenario. */
export interface ScenarioResult {
  /** The totals, for people. */
  readonly table: string;
  /** Sentences on what the table does not tell: other sources, lookups, and what follows what. */
  readonly notes: readonly string[];
  /** Which runs are parked until a person or a time ends their wait, for people; empty when there are none. */
  readonly parked: string;
  /** One sentence each; empty when everything was as expected. */
  readonly differences: readonly string[];
}

/** Sends the requests as the sources would, waits for their runs, and compares the totals with the expected ones. */
export async function runScenario(options: ScenarioOptions): Promise<ScenarioResult> {
  const { system, simulators, triggers, onProgress } = options;
  const observation = new Observation();
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const stopWatching = system.onLog(observation.seeLog);
  const sent = [...(await sendOfSegment(options, observation)), ...(await sendOthers(options, observation))];
  onProgress('waiting until every run is done');
  const { parked, left } = await drain(system);
  for (const body of await results.drain()) {
    observation.seeResult(body);
  }
  stopWatching();
  const expected = expectedOf(sent, triggers, simulators.segmentProfiles.profiles());
  return {
    table: table(observation, triggers),
    notes: notes(observation, triggers, sent),
    parked: describeParked(parked),
    differences: [...left, ...differences(observation, expected, triggers, parked, simulators.mavera)],
  };
}

async function sendOfSegment(
  { system, requests, onProgress }: ScenarioOptions,
  observation: Observation,
): Promise<readonly SentRequest[]> {
  const url = system.sourceUrls.segment;
  if (url === undefined) {
    return [];
  }
  onProgress(`sending ${requests.length} requests to ${url}`);
  for (const request of requests) {
    const { attempts } = await sendToWebhook({
      url,
      payload: request.payload,
      form: request.form,
      secret: secretOf(request, system.sharedSecret),
      bearerToken: request.withBearerToken ? system.bearerToken : undefined,
      retry: { timeScale: 0.05, maxAttempts: 5 },
    });
    for (const attempt of attempts.slice(-1)) {
      observation.seeAnswer(attempt, sentRequest(request).elements.length);
    }
  }
  return requests.map(sentRequest);
}

async function sendOthers(
  { system, simulators, others, onProgress }: ScenarioOptions,
  observation: Observation,
): Promise<readonly SentRequest[]> {
  const open = others.filter(({ source }) => system.sourceUrls[source] !== undefined);
  const urls = new Set(open.flatMap(({ source }) => system.sourceUrls[source] ?? []));
  for (const url of urls) {
    const ofUrl = open.filter(({ source }) => system.sourceUrls[source] === url);
    onProgress(`sending ${ofUrl.length} requests to ${url}`);
    for (const request of ofUrl) {
      const outcome = await sendOther(request, url, simulators, system.segopsWebhookSecret);
      observation.seeAnswer(outcome, request.events.length);
    }
  }
  return open.map(({ source, events, isGenuine }) => ({ source, elements: events, isGenuine }));
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
