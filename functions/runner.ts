import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import triggers from '#triggers';
import { clientConfig } from './aws/clientConfig.ts';
import { numeric, numericOrZero, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { Breaker } from './ledger/breaker.ts';
import { Budgets } from './ledger/budgets.ts';
import { Caps } from './ledger/caps.ts';
import { Collections } from './ledger/collections.ts';
import { Cooldowns } from './ledger/cooldowns.ts';
import { KeptIds } from './ledger/keptIds.ts';
import { Pace } from './ledger/pace.ts';
import { Runs } from './ledger/runs.ts';
import { readSharedState } from './ledger/sharedState.ts';
import { Usage } from './ledger/usage.ts';
import { parseMaveraCredentials } from './mavera/credentials.ts';
import { MaveraClient } from './mavera/maveraClient.ts';
import { functionLog } from './observability/functionLog.ts';
import { RunMessageQueues } from './queue/runMessageQueues.ts';
import { ResultsTopic } from './results/resultsTopic.ts';
import { SegmentTracking } from './results/segmentTracking.ts';
import { possibleBudgetKeys } from './run/gates/budgetRules.ts';
import { runGates } from './run/gates/runGates.ts';
import { handleDelivery } from './run/handleDelivery.ts';
import { logDelivery, logFailedDelivery } from './run/logDelivery.ts';
import type { RunnerDependencies } from './run/runDependencies.ts';
import { SharedClock } from './run/sharedClock.ts';
import { secretsManagerSecret } from './secrets/secretsManagerSecret.ts';

const environment = parseEnvironment(
  z.object({
    LEDGER_TABLE_NAME: required,
    RUN_QUEUE_URL: required,
    DEAD_LETTER_QUEUE_URL: required,
    RESULTS_TOPIC_ARN: required,
    MAVERA_SECRET_ARN: required,
    MAVERA_BASE_URL: required,
    MAVERA_REQUESTS_PER_MINUTE: numeric,
    MAVERA_TIMEOUT_SECONDS: numeric,
    MAX_ATTEMPTS: numeric,
    RUN_RETENTION_SECONDS: numeric,
    BUDGET_CREDITS: numericOrZero,
    BUDGET_PERIOD: z.enum(['day', 'month']),
    SEGMENT_TRACKING_URL: required,
  }),
  process.env,
);

/** Nobody waits for the runner, so that its calls may be tried more often than the receiver's. */
const patient = clientConfig(3_000, 5);

const clock = new SharedClock(Date.now);
const { now } = clock;
const random = Math.random;
const log = functionLog();
const dynamodb = new DynamoDBClient(patient);
const table = environment.LEDGER_TABLE_NAME;
const requestsPerMinute = environment.MAVERA_REQUESTS_PER_MINUTE;
const pace = new Pace(dynamodb, table);
const cooldowns = new Cooldowns(dynamodb, table);
const overallBudget =
  environment.BUDGET_CREDITS === 0
    ? undefined
    : { credits: environment.BUDGET_CREDITS, per: environment.BUDGET_PERIOD };

const dependencies: RunnerDependencies = {
  settings: {
    maxAttempts: environment.MAX_ATTEMPTS,
    runRetentionMs: environment.RUN_RETENTION_SECONDS * 1000,
    requestsPerMinute,
    maveraTimeoutMs: environment.MAVERA_TIMEOUT_SECONDS * 1000,
  },
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
      budgetKeys: possibleBudgetKeys(trigger, overallBudget, nowMs),
      nowMs,
    }),
  gates: runGates({
    cooldowns,
    budgets: new Budgets(dynamodb, table),
    pace,
    requestsPerMinute,
    overallBudget,
    random,
  }),
  mavera: new MaveraClient({
    baseUrl: environment.MAVERA_BASE_URL,
    timeoutMs: environment.MAVERA_TIMEOUT_SECONDS * 1000,
    now,
  }),
  maveraSecret: secretsManagerSecret({
    secretId: environment.MAVERA_SECRET_ARN,
    parse: parseMaveraCredentials,
    now,
    onTrouble: (error) => log.warn("Mavera's API key cannot be read", error),
  }),
  queues: new RunMessageQueues(
    new SQSClient(patient),
    environment.RUN_QUEUE_URL,
    environment.DEAD_LETTER_QUEUE_URL,
  ),
  results: new ResultsTopic(new SNSClient(patient), environment.RESULTS_TOPIC_ARN),
  segmentTracking: new SegmentTracking(environment.SEGMENT_TRACKING_URL),
  now,
  random,
  sleep,
  onTrouble: (what, error) => log.warn(what, error),
};

dependencies.maveraSecret.warm();

/** Takes queue messages of an SQS event source mapping that reports partial failures. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { mavera } = dependencies;
  const batchItemFailures: { itemIdentifier: string }[] = [];
  log.begin(context.awsRequestId);
  for (const { messageId, body, attributes } of event.Records) {
    const receiveCount = Number(attributes.ApproximateReceiveCount);
    if (receiveCount === 1) {
      clock.learn(Number(attributes.ApproximateFirstReceiveTimestamp));
    }
    const begun = { atMs: now(), requests: mavera.requests };
    try {
      const delivery = {
        body,
        receiveCount,
        remainingMs: context.getRemainingTimeInMillis(),
      };
      const report = await handleDelivery(delivery, dependencies);
      logDelivery(log, report, begun, { atMs: now(), requests: mavera.requests });
    } catch (error) {
      logFailedDelivery(log, error, body, begun, { atMs: now(), requests: mavera.requests });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
