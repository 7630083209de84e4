/// <reference lib="esnext.disposable" />

import { ResultsQueue } from '../../../../local/scenario/resultsQueue.ts';
import { localSecrets } from '../../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../../simulators/mavera/simulator.ts';
import { type SegOpsSimulator, startSegOpsSimulator } from '../../../../simulators/segops/segOpsSimulator.ts';
import {
  type SendGridSimulator,
  startSendGridSimulator,
} from '../../../../simulators/sendgrid/sendGridSimulator.ts';
import { startFaultProxy } from '../../proxy/faultProxy.ts';
import { segmentsOf } from '../visitors.ts';
import { PullSaboteur } from './pullSaboteur.ts';

/** The local system with a saboteur between its puller and all servers. */
export interface PullSystem {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly segops: SegOpsSimulator;
  readonly sendgrid: SendGridSimulator;
  readonly saboteur: PullSaboteur;
  readonly results: ResultsQueue;
  stop(): Promise<void>;
}

/** Each is a step of a pull. */
const segments = 3;
const contacts = 200;
/** More processes would compete for two cores. */
const runnerConcurrency = 4;

/**
 * Starts it. If that fails, nothing is left behind.
 *
 * @throws LocalSystemError
 */
export async function startPullSystem(): Promise<PullSystem> {
  await using started = new AsyncDisposableStack();
  const saboteur = new PullSaboteur();
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute: 100_000,
    monthlyCredits: 100_000_000,
    maveConcurrency: 1_000,
    latency: 1,
  });
  started.defer(() => mavera.stop());
  const segops = await startSegOpsSimulator({ segments: segmentsOf(segments), requestsPerMinute: 100_000 });
  started.defer(() => segops.stop());
  const sendgrid = await startSendGridSimulator({ contacts, exportMs: 300, requestsPerMinute: 100_000 });
  started.defer(() => sendgrid.stop());
  const proxied = async (name: 'segops' | 'sendgrid', baseUrl: string): Promise<string> => {
    const { origin, pathname } = new URL(baseUrl);
    const proxy = await startFaultProxy(origin, saboteur.decideOnSystem(name));
    started.defer(() => proxy.stop());
    return `${proxy.endpoint}${pathname === '/' ? '' : pathname}`;
  };
  const sendgridUrl = await proxied('sendgrid', sendgrid.baseUrl);
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    systems: {
      segops: { url: await proxied('segops', segops.baseUrl), apiKey: segops.apiKey },
      sendgrid: { url: sendgridUrl, apiKey: sendgrid.apiKey },
    },
    filesOrigin: new URL(sendgridUrl).origin,
    triggersFile: 'lab/prove/crashes/pulls/triggers.ts',
    context: { maveraRequestsPerMinute: 6_000, runnerConcurrency, segopsRequestsPerMinute: 100_000 },
    endpoints: {},
    redeliverAfterSeconds: 1,
    dispatchEverySeconds: 2,
    interpose: async (endpoint) => {
      const proxy = await startFaultProxy(endpoint, saboteur.decideOnAws);
      started.defer(() => proxy.stop());
      return proxy.endpoint;
    },
  });
  started.defer(() => system.stop());
  saboteur.watch(() => system.puller?.pids() ?? []);
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const running = started.move();
  return { system, mavera, segops, sendgrid, saboteur, results, stop: () => running.disposeAsync() };
}
