/// <reference lib="esnext.disposable" />

import { ResultsQueue } from '../../../local/scenario/resultsQueue.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { startTrackingServer } from '../../../simulators/segment/trackingServer.ts';
import { startFaultProxy } from '../proxy/faultProxy.ts';
import { Saboteur } from './saboteur.ts';
import { synthesizeTrusting } from './synthesizeTrusting.ts';

/** The local system with a saboteur between its functions and all servers. */
export interface CrashSystem {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly saboteur: Saboteur;
  readonly results: ResultsQueue;
  stop(): Promise<void>;
}

/** More processes would compete for two cores. */
const runnerConcurrency = 6;
/** More than the runs need. With a higher limit, ten slots would be over sooner than a concurrency cap allows two calls. */
const maveraRequestsPerMinute = 6_000;

/**
 * Starts it. If that fails, nothing is left behind.
 *
 * @throws LocalSystemError
 */
export async function startCrashSystem(): Promise<CrashSystem> {
  await using started = new AsyncDisposableStack();
  const saboteur = new Saboteur();
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute: 100_000,
    monthlyCredits: 100_000_000,
    maveConcurrency: 1_000,
    focusGroupConcurrency: 1_000,
    latency: 1,
  });
  started.defer(() => mavera.stop());
  const tracking = await startTrackingServer({ writeKey: localSecrets.segmentWriteKey });
  started.defer(() => tracking.stop());
  const { origin, pathname } = new URL(mavera.baseUrl);
  const maveraProxy = await startFaultProxy(origin, saboteur.decideOnMavera, saboteur.decideOnHandshake);
  started.defer(() => maveraProxy.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: `${maveraProxy.endpoint}${pathname}`,
    segmentTrackingUrl: tracking.baseUrl,
    triggersFile: 'lab/prove/crashes/triggers.ts',
    // The shortest leases, so that a dead process's work is soon taken over.
    // More attempts than a run needs: on a slow machine some answers come too late, and each costs an attempt.
    context: { maveraRequestsPerMinute, maveraTimeout: '1s', maxAttempts: 50, runnerConcurrency },
    endpoints: {},
    redeliverAfterSeconds: 1,
    dispatchEverySeconds: 2,
    synthesize: (options) => synthesizeTrusting(maveraProxy.certificate ?? '', options),
    interpose: async (endpoint) => {
      const proxy = await startFaultProxy(endpoint, saboteur.decideOnAws);
      started.defer(() => proxy.stop());
      return proxy.endpoint;
    },
  });
  started.defer(() => system.stop());
  saboteur.watch({
    receiver: () => system.receiver.pids(),
    runner: () => system.runner.pids(),
    dispatcher: () => system.dispatcher?.pids() ?? [],
  });
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const running = started.move();
  return { system, mavera, saboteur, results, stop: () => running.disposeAsync() };
}
