/// <reference lib="esnext.disposable" />
import { randomUUID } from 'node:crypto';
import type { Deployment } from '../../cli/ops/deployment/deployment.ts';
import { signSegmentRequest } from '../../functions/index.ts';
import { startAwsServers } from '../../local/aws/servers.ts';
import { ResultsQueue } from '../../local/scenario/resultsQueue.ts';
import { localSecrets } from '../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { startTrackingServer, type TrackingServer } from '../../simulators/segment/trackingServer.ts';
import { type RefusingServer, startRefusingServer } from './refusingServer.ts';

/** A delivery of a run, from the runner's log. */
export type RunLine = Readonly<Record<string, unknown>>;

/** The local system with triggers of every kind; its queue, Mavera and Segment can fail on demand. */
export interface PermissionWorld {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly tracking: TrackingServer;
  readonly queue: RefusingServer;
  readonly results: ResultsQueue;
  /** The system as operators see it. */
  readonly deployment: Deployment;
  /** Posts events as Segment does. */
  post(payload: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Deliveries of runs of a trigger since the last {@link forget}, oldest first. */
  runsOf(trigger: string): readonly RunLine[];
  /** All that the functions have logged since the last {@link forget}, oldest first. */
  logged(): readonly string[];
  forget(): void;
  stop(): Promise<void>;
}

/** An event that the trigger of this name matches. */
export function eventFor(trigger: string, more: object = {}): Readonly<Record<string, unknown>> {
  const messageId = `permissions-${randomUUID()}`;
  return { type: 'track', event: trigger, messageId, userId: `u-${messageId}`, properties: {}, ...more };
}

/** Starts it; nothing is left behind when that fails. */
export async function startPermissionWorld(): Promise<PermissionWorld> {
  await using started = new AsyncDisposableStack();
  const lines: RunLine[] = [];
  const texts: string[] = [];
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute: 100_000,
    monthlyCredits: 1_000_000,
    latency: 1,
  });
  started.defer(() => mavera.stop());
  const tracking = await startTrackingServer({ writeKey: localSecrets.segmentWriteKey });
  started.defer(() => tracking.stop());
  const servers = await startAwsServers({}, process.env.PATH ?? '');
  started.defer(() => servers.stop());
  const queue = await startRefusingServer(servers.endpoints.sqs);
  started.defer(() => queue.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    segmentTrackingUrl: tracking.baseUrl,
    triggersFile: 'test/e2e/triggers/everyPermission.ts',
    // The shortest lease, so that the search for a lost answer starts soon.
    context: { maveraRequestsPerMinute: 100_000, maveraTimeout: '1s', honourDeletes: true },
    endpoints: { ...servers.endpoints, sqs: queue.endpoint },
    redeliverAfterSeconds: 1,
    dispatchEverySeconds: 2,
    onLog: ({ record, text }) => {
      texts.push(text);
      if (record?.message === 'run') {
        lines.push(record);
      }
    },
  });
  started.defer(() => system.stop());
  const results = await ResultsQueue.subscribe(system.clients, system.resources.resultsTopicArn);
  const running = started.move();
  return {
    system,
    mavera,
    tracking,
    queue,
    results,
    deployment: deploymentOf(system),
    post: async (payload) => {
      const { body, headers } = signSegmentRequest({ payload, secret: system.sharedSecret });
      const response = await fetch(system.segmentUrl, { method: 'POST', body, headers });
      return { status: response.status, body: await response.json() };
    },
    runsOf: (trigger) => lines.filter((line) => line.trigger === trigger),
    logged: () => texts,
    forget: () => {
      texts.length = 0;
      lines.length = 0;
    },
    stop: () => running.disposeAsync(),
  };
}

function deploymentOf({ clients: { dynamodb, sqs }, resources }: LocalSystem): Deployment {
  const { tableName, runQueueUrl, bulkQueueUrl, readyQueueUrl, deadLetterQueueUrl } = resources;
  return {
    title: 'test system',
    flags: '',
    dynamodb,
    sqs,
    tableName,
    runQueueUrl,
    bulkQueueUrl,
    readyQueueUrl,
    deadLetterQueueUrl,
    readCaller: async () => 'ann',
    explain: () => undefined,
    close: () => undefined,
  };
}
