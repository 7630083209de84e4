import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { CallRecord } from '../access/callRecord.ts';
import type { Grants } from '../access/grants.ts';
import { Breaker } from '../ledger/breaker.ts';
import { Budgets } from '../ledger/budgets.ts';
import { Cancellations } from '../ledger/cancellations.ts';
import { Caps } from '../ledger/caps.ts';
import { Collections } from '../ledger/collections.ts';
import { Cooldowns } from '../ledger/cooldowns.ts';
import { DispatcherState } from '../ledger/dispatcherState.ts';
import { KeptIds } from '../ledger/keptIds.ts';
import { LastResults } from '../ledger/lastResults.ts';
import { LedgerTable } from '../ledger/ledgerTable.ts';
import { LookedUp } from '../ledger/lookedUp.ts';
import { Pace } from '../ledger/pace.ts';
import { ParkedRuns } from '../ledger/parkedRuns.ts';
import { Runs } from '../ledger/runs.ts';
import { SegopsReports } from '../ledger/segopsReports.ts';
import { readUsage, usageKey } from '../ledger/sharedState.ts';
import { Usage } from '../ledger/usage.ts';
import type { MaveraCredentials } from '../mavera/credentials.ts';
import { RunMessageQueues, type RunMessageQueueUrls } from '../queue/runMessageQueues.ts';
import { ResultsTopic } from '../results/resultsTopic.ts';
import type { CachedSecret } from '../secrets/cachedSecret.ts';
import { reachableSystems } from '../systems/reachableSystems.ts';
import type { SystemClient, SystemClientOptions } from '../systems/systemClient.ts';
import type { SystemOptions } from '../systems/systemOptions.ts';
import { SystemsGate } from '../systems/systemsGate.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { followersOf } from './followers.ts';
import { intervalMsFor, limitOf } from './gates/paceGate.ts';
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
  /** The systems beside Mavera. */
  readonly systems: SystemOptions;
  /** The default export of `access.ts`. @default triggers have the access that they declare */
  readonly grants?: Grants | undefined;
  /** Called with the record of each call to an outside system. */
  readonly onCall: (record: CallRecord) => void;
  /** How a system is called, if a simulation needs another way. @default over HTTP */
  readonly systemClient?: ((options: SystemClientOptions) => SystemClient) | undefined;
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
  const { sleep = (milliseconds) => wait(milliseconds) } = options;
  const table = new LedgerTable(dynamodb, tableName);
  const pace = new Pace(table);
  const cancellations = new Cancellations(table);
  const cooldowns = new Cooldowns(table);
  const budgets = new Budgets(table);
  const gate = createGate(options, table, pace, sleep);
  return {
    settings,
    triggers: new Map(options.triggers.map((trigger) => [trigger.name, trigger])),
    followers: followersOf(options.triggers),
    ledger: table,
    runs: new Runs(table),
    segopsReports: new SegopsReports(table),
    budgets,
    pace,
    caps: new Caps(table),
    breaker: new Breaker(table),
    usage: new Usage(table),
    cancellations,
    cooldowns,
    keptIds: new KeptIds(table),
    lookedUp: new LookedUp(table),
    collections: new Collections(table),
    lastResults: new LastResults(table),
    parkedRuns: new ParkedRuns(table),
    dispatcherState: new DispatcherState(table),
    lookupSettings: { profileSpace: options.systems?.segmentProfiles?.space },
    gates: runGates({
      cancellations,
      cooldowns,
      budgets,
      pace,
      requestsPerMinute: settings.requestsPerMinute,
      overallBudget: settings.overallBudget,
      random,
      gate,
    }),
    gate,
    maveraSecret: options.maveraSecret,
    queues: new RunMessageQueues(options.sqs, options.queueUrls),
    results: new ResultsTopic(options.sns, options.resultsTopicArn),
    now,
    random,
    sleep,
    onTrouble,
  };
}

function createGate(
  options: RunnerOptions,
  ledger: LedgerTable,
  pace: Pace,
  sleep: RunnerDependencies['sleep'],
): SystemsGate {
  const { settings, triggers, grants, systems, now, onCall, onTrouble, systemClient } = options;
  const mavera = {
    baseUrl: options.maveraBaseUrl,
    secret: options.maveraSecret,
    timeoutMs: options.callTimeoutMs ?? settings.maveraTimeoutMs,
    pace,
    intervalMs: async () => {
      const usage = readUsage((await ledger.read([usageKey])).get(usageKey));
      return intervalMsFor(limitOf(settings.requestsPerMinute, usage));
    },
  };
  const reached = reachableSystems({ ...systems, mavera, ledger, now, systemClient });
  return new SystemsGate({ triggers, grants, systems: reached, now, sleep, onCall, onTrouble });
}
