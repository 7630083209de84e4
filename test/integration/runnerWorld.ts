import { randomBytes } from 'node:crypto';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { CallRecord } from '../../functions/access/callRecord.ts';
import type { Grants } from '../../functions/access/grants.ts';
import type { MaveraCredentials } from '../../functions/mavera/credentials.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { createRunner } from '../../functions/run/createRunner.ts';
import type { OverallBudget } from '../../functions/run/gates/budgetGate.ts';
import type { RunnerDependencies, RunnerSettings } from '../../functions/run/runDependencies.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import type { SystemOptions } from '../../functions/systems/systemOptions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { World } from './world.ts';

export const apiKey = 'mvra_live_0123456789abcdef0123456789abcdef';

/** What a runner is put together from; all that is not given is real. */
export interface RunnerOptions {
  readonly triggers: readonly Trigger[];
  readonly table: string;
  readonly maveraBaseUrl: string;
  readonly trackingUrl?: string;
  /** The systems beside Mavera and Segment's Tracking API. */
  readonly systems?: Omit<SystemOptions, 'segmentTracking'>;
  readonly grants?: Grants;
  readonly onCall?: (record: CallRecord) => void;
  readonly sqs?: SQSClient;
  readonly runQueueUrl: string;
  /** @default the run queue: without a dispatcher, all that waits is in one queue */
  readonly readyQueueUrl?: string;
  /** @default the run queue */
  readonly bulkQueueUrl?: string;
  readonly deadLetterQueueUrl: string;
  readonly sns?: SNSClient;
  readonly topicArn: string;
  readonly settings?: Partial<RunnerSettings>;
  /** In real time. @default 5,000 */
  readonly callTimeoutMs?: number;
  readonly overallBudget?: OverallBudget;
  readonly secret?: () => Promise<MaveraCredentials>;
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly random?: () => number;
  /** @default throws, since a test should meet no trouble that it does not expect */
  readonly onTrouble?: RunnerDependencies['onTrouble'];
}

/** What a runner needs of the world. */
interface RunnerWorld {
  readonly clients: Pick<World['clients'], 'dynamodb' | 'sqs' | 'sns'>;
}

/** One execution environment of the runner, on the world's servers. */
export function runnerOn({ clients }: RunnerWorld, options: RunnerOptions): RunnerDependencies {
  const { table, topicArn, trackingUrl, secret, now = Date.now } = options;
  const {
    runQueueUrl,
    readyQueueUrl = runQueueUrl,
    bulkQueueUrl = runQueueUrl,
    deadLetterQueueUrl,
  } = options;
  return createRunner({
    ...options,
    queueUrls: {
      intake: runQueueUrl,
      bulk: bulkQueueUrl,
      ready: readyQueueUrl,
      deadLetters: deadLetterQueueUrl,
    },
    settings: {
      maxAttempts: 3,
      runRetentionMs: 86_400_000,
      runDeadlineMs: 86_400_000,
      requestsPerMinute: 100_000,
      // The search for a lost answer has this time for each read, in real time.
      maveraTimeoutMs: 250,
      overallBudget: options.overallBudget,
      ...options.settings,
    },
    dynamodb: clients.dynamodb,
    tableName: table,
    sqs: options.sqs ?? clients.sqs,
    sns: options.sns ?? clients.sns,
    resultsTopicArn: topicArn,
    callTimeoutMs: options.callTimeoutMs ?? 5_000,
    maveraSecret: secretOf(secret ?? (async () => ({ apiKey, segmentWriteKey: 'write-key' })), now),
    systems: { segmentTracking: { baseUrl: trackingUrl ?? 'http://127.0.0.1:9/v1' }, ...options.systems },
    onCall: options.onCall ?? (() => undefined),
    now,
    // Full jitter at its least: what waits comes back at once.
    random: options.random ?? (() => 0),
    onTrouble:
      options.onTrouble ??
      ((what, error) => {
        throw new Error(what, { cause: error });
      }),
  });
}

/** A secret that is read at each need. */
export function secretOf<Credentials>(
  fetch: () => Promise<Credentials>,
  now: () => number = Date.now,
): CachedSecret<Credentials> {
  const times = { maxAgeMs: 300_000, earlyRefreshEveryMs: 60_000, retryEveryMs: 10_000 };
  return new CachedSecret({ fetch, now, onTrouble: () => undefined, ...times });
}

/** A new run of a trigger, for the event of a user who shows a sign of churn. */
export function newRun(trigger: string, nowMs: number, more: Partial<RunMessage> = {}): RunMessage {
  return {
    version: 1,
    runId: randomBytes(20).toString('hex'),
    trigger,
    source: 'segment',
    route: 'default',
    messageId: 'message-1',
    receivedAtMs: nowMs,
    deadlineAtMs: nowMs + 60_000,
    event: {
      type: 'track',
      event: 'churn_signal',
      userId: 'u-1',
      properties: { signal_type: 'billing page', plan: 'pro' },
      traits: {},
      context: {},
      integrations: {},
    },
    ...more,
  };
}

/** Notes in the ledger that the account's usage was read a moment ago, so that no run reads it again. */
export async function knowUsage(
  { usage, now }: RunnerDependencies,
  creditsRemaining = 1_000_000,
): Promise<void> {
  await usage.write({ creditsRemaining, creditsIncluded: creditsRemaining, autoRecharge: false }, now());
}
