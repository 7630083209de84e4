import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Grants } from '../access/grants.ts';
import { Breaker } from '../ledger/breaker.ts';
import { Budgets } from '../ledger/budgets.ts';
import { Cancellations } from '../ledger/cancellations.ts';
import { Caps } from '../ledger/caps.ts';
import { Collections } from '../ledger/collections.ts';
import { Cooldowns } from '../ledger/cooldowns.ts';
import { DispatcherState } from '../ledger/dispatcherState.ts';
import { KeptIds } from '../ledger/keptIds.ts';
import { LedgerTable } from '../ledger/ledgerTable.ts';
import { Pace } from '../ledger/pace.ts';
import { ParkedRuns } from '../ledger/parkedRuns.ts';
import { Runs } from '../ledger/runs.ts';
import { Usage } from '../ledger/usage.ts';
import type { MaveraCredentials } from '../mavera/credentials.ts';
import { MaveraClient } from '../mavera/maveraClient.ts';
import { RunMessageQueues, type RunMessageQueueUrls } from '../queue/runMessageQueues.ts';
import { ResultsTopic } from '../results/resultsTopic.ts';
import { SegmentTracking } from '../results/segmentTracking.ts';
import type { CachedSecret } from '../secrets/cachedSecret.ts';
import type { SystemOptions } from '../systems/systemOptions.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { runGates } from './gates/runGates.ts';
import type { RunnerDependencies, RunnerSettings } from './runDependencies.ts';

/** The settings, clients and clock of a runner. */
export interface RunnerOptions {
  readonly settings: RunnerSettings;
  readonly triggers: readonly Trigger[];
  readonly dynamodb: DynamoDBClient;
  readonly tableName: string;
  readonly sqs: SQSClient;
  readonly queueUrls: RunMessageQueueUrls;
  readonly sns: SNSClient;
  readonly resultsTopicArn: string;
  readonly maveraBaseUrl: string;
  readonly maveraSecret: CachedSecret<MaveraCredentials>;
  readonly segmentTrackingUrl: string;
  /** @default none but Segment's Tracking API at `segmentTrackingUrl` */
  readonly systems?: SystemOptions | undefined;
  /** What triggers may do. @default what each trigger declares */
  readonly grants?: Grants | undefined;
  /** The HTTP timeout of a call to Mavera, if tests need another one. @default `settings.maveraTimeoutMs` */
  readonly callTimeoutMs?: number | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 up to, but not including, 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** @default the real one */
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
  /** Called for each failure that does not end the delivery. */
  readonly onTrouble: RunnerDependencies['onTrouble'];
}

/** Creates a runner, for the Lambda function, the tests and the proofs. */
export function createRunner(options: RunnerOptions): RunnerDependencies {
  const { settings, dynamodb, tableName, now, random = Math.random, onTrouble } = options;
  const table = new LedgerTable(dynamodb, tableName);
  const pace = new Pace(table);
  const cancellations = new Cancellations(table);
  const cooldowns = new Cooldowns(table);
  const budgets = new Budgets(table);
  return {
    settings,
    triggers: new Map(options.triggers.map((trigger) => [trigger.name, trigger])),
    ledger: table,
    runs: new Runs(table),
    budgets,
    pace,
    caps: new Caps(table),
    breaker: new Breaker(table),
    usage: new Usage(table),
    cancellations,
    cooldowns,
    keptIds: new KeptIds(table),
    collections: new Collections(table),
    parkedRuns: new ParkedRuns(table),
    dispatcherState: new DispatcherState(table),
    gates: runGates({
      cancellations,
      cooldowns,
      budgets,
      pace,
      requestsPerMinute: settings.requestsPerMinute,
      overallBudget: settings.overallBudget,
      random,
    }),
    mavera: new MaveraClient({
      baseUrl: options.maveraBaseUrl,
      timeoutMs: options.callTimeoutMs ?? settings.maveraTimeoutMs,
      now,
    }),
    maveraSecret: options.maveraSecret,
    queues: new RunMessageQueues(options.sqs, options.queueUrls),
    results: new ResultsTopic(options.sns, options.resultsTopicArn),
    segmentTracking: new SegmentTracking(options.segmentTrackingUrl),
    now,
    random,
    sleep: options.sleep ?? ((milliseconds) => sleep(milliseconds)),
    onTrouble,
  };
}
