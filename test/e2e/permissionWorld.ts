/// <reference lib="esnext.disposable" />
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Deployment } from '../../cli/ops/deployment/deployment.ts';
import { signSegmentRequest, signSegOpsRequest, signSendGridRequest } from '../../functions/index.ts';
import { startAwsServers } from '../../local/aws/servers.ts';
import { ResultsQueue } from '../../local/scenario/resultsQueue.ts';
import { localSecrets } from '../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { localSpace, startProfilesSimulator } from '../../simulators/segment/profiles/profilesSimulator.ts';
import { startPublicApiSimulator } from '../../simulators/segment/publicApiSimulator.ts';
import { startTrackingServer, type TrackingServer } from '../../simulators/segment/trackingServer.ts';
import { type SegOpsSimulator, startSegOpsSimulator } from '../../simulators/segops/segOpsSimulator.ts';
import { type RefusingServer, startRefusingServer } from './refusingServer.ts';

/** A delivery of a run, from the runner's log. */
export type RunLine = Readonly<Record<string, unknown>>;

/** The receiver's answer. */
export interface Posted {
  readonly status: number;
  readonly body: unknown;
}

/** The local system with triggers of every kind; its queue, Mavera and Segment can fail on demand. */
export interface PermissionWorld {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
  readonly tracking: TrackingServer;
  readonly segops: SegOpsSimulator;
  readonly queue: RefusingServer;
  readonly results: ResultsQueue;
  /** The system as operators see it. */
  readonly deployment: Deployment;
  /** Posts events as Segment does. */
  post(payload: object): Promise<Posted>;
  /** Posts an event as SendGrid, or as SegOps does. */
  postAs(source: 'sendgrid' | 'segops', event: object): Promise<Posted>;
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
  const profiles = await startProfilesSimulator();
  started.defer(() => profiles.stop());
  const publicApi = await startPublicApiSimulator();
  started.defer(() => publicApi.stop());
  const segops = await startSegOpsSimulator();
  started.defer(() => segops.stop());
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const servers = await startAwsServers({}, process.env.PATH ?? '');
  started.defer(() => servers.stop());
  const queue = await startRefusingServer(servers.endpoints.sqs);
  started.defer(() => queue.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    segmentTrackingUrl: tracking.baseUrl,
    systems: {
      segmentProfiles: {
        url: profiles.baseUrl,
        token: localSecrets.segmentProfilesToken,
        space: localSpace,
      },
      segmentApi: { url: publicApi.baseUrl, token: localSecrets.segmentApiToken },
      segops: { url: segops.baseUrl, apiKey: segops.apiKey },
    },
    sendgridPublicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    triggersFile: 'test/e2e/triggers/everyPermission.ts',
    // The shortest lease, so that the search for a lost answer starts soon. Each runner is a process.
    context: {
      maveraRequestsPerMinute: 100_000,
      maveraTimeout: '1s',
      honourDeletes: true,
      runnerConcurrency: 4,
    },
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
    segops,
    queue,
    results,
    deployment: deploymentOf(system),
    post: (payload) =>
      postTo(system.segmentUrl, signSegmentRequest({ payload, secret: system.sharedSecret })),
    postAs: (source, event) =>
      postTo(
        new URL(source, system.segmentUrl).href,
        source === 'sendgrid'
          ? signSendGridRequest({ events: [event], privateKey, signedAtMs: Date.now() })
          : signSegOpsRequest(event, localSecrets.segopsWebhookSecret),
      ),
    runsOf: (trigger) => lines.filter((line) => line.trigger === trigger),
    logged: () => texts,
    forget: () => {
      texts.length = 0;
      lines.length = 0;
    },
    stop: () => running.disposeAsync(),
  };
}

async function postTo(
  url: string,
  request: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<Posted> {
  const response = await fetch(url, { method: 'POST', ...request });
  return { status: response.status, body: await response.json() };
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
