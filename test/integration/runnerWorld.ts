import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { Breaker } from '../../functions/ledger/breaker.ts';
import { Budgets } from '../../functions/ledger/budgets.ts';
import { Caps } from '../../functions/ledger/caps.ts';
import { Collections } from '../../functions/ledger/collections.ts';
import { Cooldowns } from '../../functions/ledger/cooldowns.ts';
import { KeptIds } from '../../functions/ledger/keptIds.ts';
import { Pace } from '../../functions/ledger/pace.ts';
import { Runs } from '../../functions/ledger/runs.ts';
import { readSharedState } from '../../functions/ledger/sharedState.ts';
import { Usage } from '../../functions/ledger/usage.ts';
import type { MaveraCredentials } from '../../functions/mavera/credentials.ts';
import { MaveraClient } from '../../functions/mavera/maveraClient.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { RunMessageQueues } from '../../functions/queue/runMessageQueues.ts';
import { ResultsTopic } from '../../functions/results/resultsTopic.ts';
import { SegmentTracking } from '../../functions/results/segmentTracking.ts';
import { type OverallBudget, possibleBudgetKeys } from '../../functions/run/gates/budgetRules.ts';
import { runGates } from '../../functions/run/gates/runGates.ts';
import type { RunnerDependencies, RunnerSettings } from '../../functions/run/runDependencies.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import type { World } from './world.ts';

export const apiKey = 'mvra_live_0123456789abcdef0123456789abcdef';

/** What a runner is put together from; all that is not given is real. */
export interface RunnerOptions {
  readonly triggers: readonly Trigger[];
  readonly table: string;
  readonly maveraBaseUrl: string;
  readonly trackingUrl?: string;
  readonly sqs?: SQSClient;
  readonly runQueueUrl: string;
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
}

/** One execution environment of the runner, on the world's emulators. */
export function runnerOn({ clients }: World, options: RunnerOptions): RunnerDependencies {
  const { dynamodb } = clients;
  const { table, triggers, now = Date.now } = options;
  // Full jitter at its least: what waits comes back at once.
  const random = options.random ?? (() => 0);
  const settings: RunnerSettings = {
    maxAttempts: 3,
    runRetentionMs: 86_400_000,
    requestsPerMinute: 100_000,
    maveraTimeoutMs: 50,
    ...options.settings,
  };
  const pace = new Pace(dynamodb, table);
  const cooldowns = new Cooldowns(dynamodb, table);
  return {
    settings,
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
        budgetKeys: possibleBudgetKeys(trigger, options.overallBudget, nowMs),
        nowMs,
      }),
    gates: runGates({
      cooldowns,
      budgets: new Budgets(dynamodb, table),
      pace,
      requestsPerMinute: settings.requestsPerMinute,
      overallBudget: options.overallBudget,
      random,
    }),
    mavera: new MaveraClient({
      baseUrl: options.maveraBaseUrl,
      timeoutMs: options.callTimeoutMs ?? 5_000,
      now,
    }),
    maveraSecret: secretOf(options.secret ?? (async () => ({ apiKey, segmentWriteKey: 'write-key' })), now),
    queues: new RunMessageQueues(options.sqs ?? clients.sqs, options.runQueueUrl, options.deadLetterQueueUrl),
    results: new ResultsTopic(options.sns ?? clients.sns, options.topicArn),
    segmentTracking: new SegmentTracking(options.trackingUrl ?? 'http://127.0.0.1:9/v1'),
    now,
    random,
    sleep: options.sleep ?? sleep,
    onTrouble: (what, error) => {
      throw new Error(what, { cause: error });
    },
  };
}

/** A secret that is read at each need. */
export function secretOf(
  fetch: () => Promise<MaveraCredentials>,
  now: () => number = Date.now,
): CachedSecret<MaveraCredentials> {
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

/** Notes in the ledger that the account was looked at a moment ago, so that no run looks again. */
export async function knowUsage(
  { usage, now }: RunnerDependencies,
  creditsRemaining = 1_000_000,
): Promise<void> {
  await usage.write({ creditsRemaining, creditsIncluded: creditsRemaining, autoRecharge: false }, now());
}
