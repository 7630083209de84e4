/// <reference lib="esnext.disposable" />
import { reasons } from '../../functions/run/reasons.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { readDispatchEverySeconds } from '../dev/devSettings.ts';
import type { FunctionLogListener } from '../lambda/functionLog.ts';
import { firstDispatch } from '../recipes/firstDispatch.ts';
import { type ObservedRun, observeRuns } from '../recipes/observedRuns.ts';
import { pullAll } from '../recipes/occurrences.ts';
import type { ObservedPull } from '../recipes/recipeOutcome.ts';
import { systemDifferences } from '../recipes/systemDifferences.ts';
import { expectedOf } from '../scenario/expectation.ts';
import { Observation } from '../scenario/observation.ts';
import { ResultsQueue } from '../scenario/resultsQueue.ts';
import {
  filesOriginOf,
  type ScenarioSimulators,
  startScenarioSimulators,
  systemsOf,
} from '../scenario/scenarioSimulators.ts';
import type { ShowOptions } from '../show.ts';
import { type ParkedCount, waitsForOthers } from '../system/parkedRuns.ts';
import { localRedeliverAfterSeconds } from '../system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../system.ts';
import { appDifferences } from './appDifferences.ts';
import { type AppRequest, elementsOf } from './appRequests.ts';
import { sendAppRequest } from './sendAppRequest.ts';

/** That of an Enterprise plan, and credits enough for any example. */
const requestsPerMinute = 600;
const monthlyCredits = 1_000_000;
const usualDispatchEverySeconds = 1;

/** What is needed to run an app. */
export interface RunAppOptions extends ShowOptions {
  readonly triggersFile: string;
  readonly triggers: readonly Trigger[];
  readonly requests: readonly AppRequest[];
}

/** What an app has come to. */
export interface AppOutcome {
  readonly triggers: readonly Trigger[];
  /** Those that were sent: of sources that the triggers name. */
  readonly sent: readonly AppRequest[];
  /** Those of other sources. */
  readonly unsent: readonly AppRequest[];
  readonly pulls: readonly ObservedPull[];
  readonly runs: readonly ObservedRun[];
  /** Runs that wait for a person or for a time. */
  readonly parked: readonly ParkedCount[];
  /** Credits that Mavera has counted. */
  readonly credits: number;
  readonly bootMs: number;
  readonly runMs: number;
  /** What is not accounted for: one sentence each. */
  readonly differences: readonly string[];
}

/** Boots the system of an app, sends the events of its files, starts its pulls, and waits until no work is left. */
export async function runApp(options: RunAppOptions): Promise<AppOutcome> {
  const startedAtMs = Date.now();
  const { triggers, requests, started, onProgress } = options;
  const simulators = await startScenarioSimulators({ requestsPerMinute, monthlyCredits }, started);
  const system = await boot(simulators, options);
  await firstDispatch(system);
  const bootedAtMs = Date.now();
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const observation = new Observation();
  const stopWatching = system.onLog(observation.seeLog);
  system.onLog(longWaits(onProgress));
  const isOpen = ({ source }: AppRequest): boolean => system.sourceUrls[source] !== undefined;
  const sent = requests.filter(isOpen);
  await sendAll(sent, system, simulators, observation, onProgress);
  const { pulls, parked, left } = await pullAll({
    system,
    triggers,
    names: Object.keys(system.pulls),
    time: 'first',
    mayStay: waitsForOthers,
    onProgress,
  });
  const runs = await observeRuns(results, system);
  stopWatching();
  const expected = expectedOf(
    sent.map(({ source, payload, variant }) => ({
      source,
      elements: elementsOf(payload),
      isGenuine: variant !== 'forged',
    })),
    // What is looked up, and whether a run is then wanted, is not expected here.
    triggers.map(({ only, ...trigger }) => trigger),
    [],
  );
  return {
    triggers,
    sent,
    unsent: requests.filter((request) => !isOpen(request)),
    pulls,
    runs,
    parked,
    credits: simulators.mavera.credits().used,
    bootMs: bootedAtMs - startedAtMs,
    runMs: Date.now() - bootedAtMs,
    differences: [
      ...left,
      ...appDifferences({ triggers, observation, expected, pulls, runs, parked }),
      ...(await systemDifferences({ system, mavera: simulators.mavera, runs, parked: [] })),
    ],
  };
}

/** Tells of each long wait once, so that nobody takes it for the end. */
function longWaits(onProgress: (step: string) => void): FunctionLogListener {
  const told = new Set<string>();
  return ({ record }) => {
    if (record?.message === 'run' && record.reason === 'focus_group_running') {
      const text = `${record.trigger}: ${reasons.focus_group_running}`;
      if (!told.has(text)) {
        told.add(text);
        onProgress(text);
      }
    }
  };
}

async function boot(
  simulators: ScenarioSimulators,
  { triggersFile, started, signal, onProgress, onError }: RunAppOptions,
): Promise<LocalSystem> {
  const system = await bootLocalSystem({
    maveraBaseUrl: simulators.mavera.baseUrl,
    systems: systemsOf(simulators),
    filesOrigin: filesOriginOf(simulators),
    sendgridPublicKey: simulators.sendgrid.publicKey,
    triggersFile,
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s' },
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    dispatchEverySeconds: readDispatchEverySeconds(process.env) ?? usualDispatchEverySeconds,
    onProgress,
    onError,
    signal,
  });
  started.defer(() => system.stop());
  return system;
}

async function sendAll(
  sent: readonly AppRequest[],
  system: LocalSystem,
  simulators: ScenarioSimulators,
  observation: Observation,
  onProgress: (step: string) => void,
): Promise<void> {
  if (sent.length > 0) {
    const urls = new Set(sent.map(({ source }) => system.sourceUrls[source]));
    onProgress(`sending ${sent.length} requests to ${[...urls].join(', ')}`);
  }
  for (const request of sent) {
    const url = system.sourceUrls[request.source];
    if (url !== undefined) {
      const outcome = await sendAppRequest(request, url, system, simulators);
      observation.seeAnswer(outcome, elementsOf(request.payload).length);
    }
  }
}
