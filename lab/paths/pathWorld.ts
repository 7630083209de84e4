/// <reference lib="esnext.disposable" />
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { openLedgerAndQueue } from '../../functions/receive/ledgerAndQueue.ts';
import { openSource } from '../../functions/receive/openSource.ts';
import { receive } from '../../functions/receive/receive.ts';
import type { ReceiverDependencies } from '../../functions/receive/receiverDependencies.ts';
import { handleDelivery } from '../../functions/run/handleDelivery.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import type { SegmentCredentials } from '../../functions/sources/segment/credentials.ts';
import { signSegmentRequest } from '../../functions/sources/segment/signRequest.ts';
import { createSource } from '../../functions/sources/segment/source.ts';
import { compileTriggers } from '../../functions/triggers/matchTriggers.ts';
import { startMaveraSimulator } from '../../simulators/mavera/simulator.ts';
import { LabError } from '../labError.ts';
import { secretCanary } from '../prove/fuzz/canary.ts';
import { type EmulatedRunner, startEmulatedRunner } from '../prove/fuzz/targets/runner/runnerOnEmulators.ts';
import { triggers } from './triggers.ts';

/** A receiver and a runner in this process, on emulators. */
export interface PathWorld {
  /** Hands a request to the receiver. @throws LabError if it does not queue the event */
  receive(request: object): Promise<void>;
  /** Takes the event's message out of the queue. @throws LabError if there is none */
  takeMessage(): Promise<string>;
  /** Delivers a message to the runner. @throws LabError if it does not ask Mave */
  run(body: string): Promise<void>;
  stop(): Promise<void>;
}

const remainingMs = 60_000;

/** Starts the emulators and the simulator, and puts receiver and runner together. */
export async function startPathWorld(): Promise<PathWorld> {
  await using started = new AsyncDisposableStack();
  const mavera = await startMaveraSimulator({ apiKey: secretCanary, latency: 1 });
  started.defer(() => mavera.stop());
  const runner = await startEmulatedRunner({
    triggers,
    baseUrl: mavera.baseUrl,
    now: Date.now,
    onTrouble: fail,
  });
  started.defer(() => runner.stop());
  const dependencies = receiverDependencies(runner);
  const running = started.move();
  return {
    receive: async (request) => {
      const { answer } = await receive(request, remainingMs, dependencies);
      if (answer.statusCode !== 200) {
        throw new LabError(`the receiver answered ${answer.statusCode}: ${answer.body}`);
      }
    },
    takeMessage: () => takeMessage(runner),
    run: async (body) => {
      const before = mavera.threads().length;
      await handleDelivery({ body, receiveCount: 1, remainingMs }, runner.dependencies);
      if (mavera.threads().length !== before + 1) {
        throw new LabError('the runner did not ask Mave');
      }
    },
    stop: () => running.disposeAsync(),
  };
}

/** A single event of its own id, signed as Segment signs it, in payload format 2.0. */
export function signedRequest(): object {
  const payload = {
    type: 'track',
    event: 'plan_upgraded',
    messageId: randomUUID(),
    userId: 'user-1',
    timestamp: new Date().toISOString(),
    properties: { new_plan: 'business' },
  };
  const { body, headers } = signSegmentRequest({ payload, secret: secretCanary });
  return {
    version: '2.0',
    rawPath: '/segment',
    headers,
    requestContext: { http: { method: 'POST', path: '/segment' } },
    body,
    isBase64Encoded: false,
  };
}

function segmentSecret(): CachedSecret<SegmentCredentials> {
  return new CachedSecret({
    fetch: async () => ({ sharedSecret: [secretCanary], bearerToken: [] }),
    now: Date.now,
    onTrouble: (error) => fail('the secret cannot be read', error),
    maxAgeMs: 300_000,
    earlyRefreshEveryMs: 60_000,
    retryEveryMs: 10_000,
  });
}

function receiverDependencies({ clients, tableName, runQueueUrl }: EmulatedRunner): ReceiverDependencies {
  const options = {
    tableName,
    queueUrls: { intake: runQueueUrl, bulk: runQueueUrl },
    onLedgerTrouble: (error: unknown) => fail('the ledger failed', error),
    onQueueTrouble: (error: unknown) => fail('the queue failed', error),
  };
  const stores = openLedgerAndQueue(options, clients);
  return {
    settings: {
      maxBodyBytes: 5_242_880,
      dedupeWindowMs: 604_800_000,
      runDeadlineMs: 345_600_000,
      acceptReplays: false,
    },
    answerWithinMs: remainingMs,
    sources: new Map([
      [
        'segment',
        openSource(
          createSource({ allowFirstEventSignature: false }),
          segmentSecret(),
          compileTriggers(triggers),
        ),
      ],
    ]),
    ledgerAndQueue: async () => stores,
    now: Date.now,
    random: Math.random,
    sleep,
  };
}

async function takeMessage({ clients: { sqs }, runQueueUrl: QueueUrl }: EmulatedRunner): Promise<string> {
  const { Messages: [message] = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }),
  );
  if (message?.Body === undefined) {
    throw new LabError('the event is not in the queue');
  }
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return message.Body;
}

function fail(what: string, cause: unknown): never {
  throw new LabError(what, { cause });
}
