/// <reference lib="esnext.disposable" />

import type { KeyObject } from 'node:crypto';
import { ResultsQueue } from '../../../local/scenario/resultsQueue.ts';
import { localSecrets } from '../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { startProfilesSimulator } from '../../../simulators/segment/profiles/profilesSimulator.ts';
import { startPublicApiSimulator } from '../../../simulators/segment/publicApiSimulator.ts';
import { simulatedSecrets } from '../../../simulators/segment/simulatedSecrets.ts';
import { startTrackingServer } from '../../../simulators/segment/trackingServer.ts';
import { type SegOpsSimulator, startSegOpsSimulator } from '../../../simulators/segops/segOpsSimulator.ts';
import { newKeyPair } from '../../../simulators/sendgrid/keyPair.ts';
import { startFaultProxy } from '../proxy/faultProxy.ts';
import type { OtherSystem } from './describeCall.ts';
import { Saboteur } from './saboteur.ts';
import { synthesizeTrusting } from './synthesizeTrusting.ts';
import { profilesOf, segmentsOf } from './visitors.ts';

/** The local system with a saboteur between its functions and all servers. */
export interface CrashSystem {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly segops: SegOpsSimulator;
  /** What SendGrid signs with. */
  readonly sendGridKey: KeyObject;
  readonly saboteur: Saboteur;
  readonly results: ResultsQueue;
  stop(): Promise<void>;
}

/** The space that the triggers name. */
const space = 'spa_1';
/** How many users and segments the outside systems know: one for each case. */
const mostCases = 4_000;
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
  const { profileToken, apiToken } = simulatedSecrets;
  const { privateKey: sendGridKey, publicKey } = newKeyPair();
  const profiles = await startProfilesSimulator({
    accessTokens: { [space]: profileToken },
    profiles: profilesOf(mostCases),
    requestsPerSecond: 10_000,
  });
  started.defer(() => profiles.stop());
  const publicApi = await startPublicApiSimulator({ requestsPerMinute: 10_000 });
  started.defer(() => publicApi.stop());
  const segops = await startSegOpsSimulator({ segments: segmentsOf(mostCases), requestsPerMinute: 100_000 });
  started.defer(() => segops.stop());
  const proxied = async (name: OtherSystem, { baseUrl }: { readonly baseUrl: string }): Promise<string> => {
    const url = new URL(baseUrl);
    const proxy = await startFaultProxy(url.origin, saboteur.decideOnSystem(name));
    started.defer(() => proxy.stop());
    return `${proxy.endpoint}${url.pathname === '/' ? '' : url.pathname}`;
  };
  const { origin, pathname } = new URL(mavera.baseUrl);
  const maveraProxy = await startFaultProxy(origin, saboteur.decideOnMavera, saboteur.decideOnHandshake);
  started.defer(() => maveraProxy.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: `${maveraProxy.endpoint}${pathname}`,
    segmentTrackingUrl: tracking.baseUrl,
    sendgridPublicKey: publicKey,
    systems: {
      segmentProfiles: { url: await proxied('profiles', profiles), token: profileToken, space },
      segmentApi: { url: await proxied('segment', publicApi), token: apiToken },
      segops: { url: await proxied('segops', segops), apiKey: segops.apiKey },
    },
    triggersFile: 'lab/prove/crashes/triggers.ts',
    // The shortest leases, so that a dead process's work is soon taken over.
    // More attempts than a run needs: on a slow machine some answers come too late, and each costs an attempt.
    context: {
      maveraRequestsPerMinute,
      maveraTimeout: '1s',
      maxAttempts: 50,
      runnerConcurrency,
      segmentProfileRequestsPerSecond: 100,
      segopsRequestsPerMinute: 100_000,
    },
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
  return { system, mavera, segops, sendGridKey, saboteur, results, stop: () => running.disposeAsync() };
}
