import { CreateTableCommand, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { capKey } from '../../../../../functions/ledger/caps.ts';
import { paceKey } from '../../../../../functions/ledger/pace.ts';
import { breakerKey, usageKey } from '../../../../../functions/ledger/sharedState.ts';
import { createRunner } from '../../../../../functions/run/createRunner.ts';
import type { RunnerDependencies } from '../../../../../functions/run/runDependencies.ts';
import { CachedSecret } from '../../../../../functions/secrets/cachedSecret.ts';
import { actionKinds } from '../../../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../../../functions/triggers/trigger.ts';
import { type AwsClients, createAwsClients } from '../../../../../local/aws/clients.ts';
import { startAwsServers } from '../../../../../local/aws/servers.ts';
import { secretCanary } from '../../canary.ts';

const table = 'ledger';
const requestsPerMinute = 100_000;

/** What a runner needs besides the emulators. */
export interface RunnerOptions {
  readonly triggers: readonly Trigger[];
  /** Where Mavera, Segment and SegOps are. */
  readonly baseUrl: string;
  readonly now: () => number;
  readonly onTrouble: RunnerDependencies['onTrouble'];
}

/** A runner with all that belongs to it. */
export interface EmulatedRunner {
  readonly dependencies: RunnerDependencies;
  readonly clients: AwsClients;
  /** Of the ledger. */
  readonly tableName: string;
  readonly runQueueUrl: string;
  /** Forgets what runs share: breaker, usage, pace and caps. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the emulators and assembles a runner as its entry does. */
export async function startEmulatedRunner(options: RunnerOptions): Promise<EmulatedRunner> {
  const servers = await startAwsServers({}, process.env.PATH ?? '');
  const clients = createAwsClients(servers.endpoints);
  const { dynamodb, sqs, sns } = clients;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const newQueue = async (QueueName: string): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  const runQueueUrl = await newQueue('runs');
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'results' }));
  const { now, triggers, baseUrl, onTrouble } = options;
  const secretOptions = {
    now,
    onTrouble: () => undefined,
    maxAgeMs: 300_000,
    earlyRefreshEveryMs: 60_000,
    retryEveryMs: 10_000,
  };
  const segopsSecret = new CachedSecret({
    fetch: async () => ({ apiKey: [secretCanary] }),
    ...secretOptions,
  });
  return {
    clients,
    tableName: table,
    runQueueUrl,
    dependencies: createRunner({
      settings: {
        maxAttempts: 3,
        runRetentionMs: 86_400_000,
        runDeadlineMs: 86_400_000,
        requestsPerMinute,
        maveraTimeoutMs: 1_000,
      },
      triggers,
      dynamodb,
      tableName: table,
      sqs,
      // One queue for all: no dispatcher is there, so each run is performed where it comes back.
      queueUrls: {
        intake: runQueueUrl,
        bulk: runQueueUrl,
        ready: runQueueUrl,
        deadLetters: await newQueue('dead-letters'),
      },
      sns,
      resultsTopicArn: TopicArn,
      maveraBaseUrl: baseUrl,
      callTimeoutMs: 300,
      maveraSecret: new CachedSecret({
        fetch: async () => ({ apiKey: secretCanary, segmentWriteKey: secretCanary }),
        ...secretOptions,
      }),
      systems: {
        segmentTracking: { baseUrl },
        segops: { baseUrl, secret: segopsSecret, requestsPerMinute },
      },
      onCall: () => undefined,
      now,
      random: () => 0.5,
      // The proof has its own clock.
      sleep: async () => undefined,
      onTrouble,
    }),
    forget: async () => {
      const keys = [breakerKey, usageKey, paceKey, ...actionKinds.map(capKey)];
      await Promise.all(
        keys.map((pk) => dynamodb.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: pk } } }))),
      );
    },
    stop: async () => {
      clients.destroy();
      await servers.stop();
    },
  };
}
