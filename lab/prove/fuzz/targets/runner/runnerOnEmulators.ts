import { CreateTableCommand, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { Breaker } from '../../../../../functions/ledger/breaker.ts';
import { breakerKey } from '../../../../../functions/ledger/breakerState.ts';
import { Budgets } from '../../../../../functions/ledger/budgets.ts';
import { Caps, capKey } from '../../../../../functions/ledger/caps.ts';
import { Collections } from '../../../../../functions/ledger/collections.ts';
import { Cooldowns } from '../../../../../functions/ledger/cooldowns.ts';
import { KeptIds } from '../../../../../functions/ledger/keptIds.ts';
import { Pace, paceKey } from '../../../../../functions/ledger/pace.ts';
import { Runs } from '../../../../../functions/ledger/runs.ts';
import { readSharedState } from '../../../../../functions/ledger/sharedState.ts';
import { Usage, usageKey } from '../../../../../functions/ledger/usage.ts';
import { MaveraClient } from '../../../../../functions/mavera/maveraClient.ts';
import { RunMessageQueues } from '../../../../../functions/queue/runMessageQueues.ts';
import { ResultsTopic } from '../../../../../functions/results/resultsTopic.ts';
import { SegmentTracking } from '../../../../../functions/results/segmentTracking.ts';
import { possibleBudgetKeys } from '../../../../../functions/run/gates/budgetRules.ts';
import { runGates } from '../../../../../functions/run/gates/runGates.ts';
import type { RunnerDependencies } from '../../../../../functions/run/runDependencies.ts';
import { CachedSecret } from '../../../../../functions/secrets/cachedSecret.ts';
import { actionKinds } from '../../../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../../../functions/triggers/trigger.ts';
import { type AwsClients, createAwsClients } from '../../../../../local/aws/clients.ts';
import { startAwsServers } from '../../../../../local/aws/servers.ts';
import { secretCanary } from '../../canary.ts';

const table = 'ledger';
const requestsPerMinute = 100_000;

/** What a runner is put together from beside the emulators. */
export interface RunnerOptions {
  readonly triggers: readonly Trigger[];
  /** Where Mavera and Segment are. */
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

/** Starts the emulators, and puts a runner together as its entry does. */
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
  const queues = new RunMessageQueues(sqs, runQueueUrl, await newQueue('dead-letters'));
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'results' }));
  const { now, triggers, baseUrl, onTrouble } = options;
  const random = (): number => 0.5;
  const [pace, cooldowns] = [new Pace(dynamodb, table), new Cooldowns(dynamodb, table)];
  return {
    clients,
    tableName: table,
    runQueueUrl,
    dependencies: {
      settings: { maxAttempts: 3, runRetentionMs: 86_400_000, requestsPerMinute, maveraTimeoutMs: 1_000 },
      triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
      runs: new Runs(dynamodb, table),
      pace,
      caps: new Caps(dynamodb, table),
      breaker: new Breaker(dynamodb, table),
      usage: new Usage(dynamodb, table),
      cooldowns,
      keptIds: new KeptIds(dynamodb, table),
      collections: new Collections(dynamodb, table),
      readSharedState: (trigger, runId, nowMs) =>
        readSharedState(dynamodb, table, {
          action: trigger.run.kind,
          runId,
          budgetKeys: possibleBudgetKeys(trigger, undefined, nowMs),
          nowMs,
        }),
      gates: runGates({ cooldowns, budgets: new Budgets(dynamodb, table), pace, requestsPerMinute, random }),
      mavera: new MaveraClient({ baseUrl, timeoutMs: 300, now }),
      maveraSecret: new CachedSecret({
        fetch: async () => ({ apiKey: secretCanary, segmentWriteKey: secretCanary }),
        now,
        onTrouble: () => undefined,
        maxAgeMs: 300_000,
        earlyRefreshEveryMs: 60_000,
        retryEveryMs: 10_000,
      }),
      queues,
      results: new ResultsTopic(sns, TopicArn),
      segmentTracking: new SegmentTracking(baseUrl),
      now,
      random,
      // The clock is the proof's own: nobody has to wait.
      sleep: async () => undefined,
      onTrouble,
    },
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
