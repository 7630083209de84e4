import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import grants from '#access';
import triggers from '#triggers';
import { clientConfig } from './aws/clientConfig.ts';
import { renewConnections } from './aws/connections.ts';
import { numeric, numericOrZero, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { readSharedOfAll, type SharedState } from './ledger/sharedState.ts';
import { parseMaveraCredentials } from './mavera/credentials.ts';
import { functionLog } from './observability/functionLog.ts';
import { logCall } from './observability/logCall.ts';
import { endedAtAttribute } from './queue/runMessageQueues.ts';
import { createRunner } from './run/createRunner.ts';
import { handleDelivery } from './run/handleDelivery.ts';
import { logDelivery, logFailedDelivery } from './run/logDelivery.ts';
import { SharedClock } from './run/sharedClock.ts';
import type { CachedSecret } from './secrets/cachedSecret.ts';
import { secretsManagerSecret } from './secrets/secretsManagerSecret.ts';
import type { RequestCounts } from './systems/systemClient.ts';
import { systemOptions, systemVariables } from './systems/systemOptions.ts';

const environment = parseEnvironment(
  z.object({
    LEDGER_TABLE_NAME: required,
    RUN_QUEUE_URL: required,
    BULK_QUEUE_URL: required,
    READY_QUEUE_URL: required,
    DEAD_LETTER_QUEUE_URL: required,
    RESULTS_TOPIC_ARN: required,
    MAVERA_SECRET_ARN: required,
    MAVERA_BASE_URL: required,
    MAVERA_REQUESTS_PER_MINUTE: numeric,
    MAVERA_TIMEOUT_SECONDS: numeric,
    MAX_ATTEMPTS: numeric,
    RUN_RETENTION_SECONDS: numeric,
    RUN_DEADLINE_SECONDS: numeric,
    BUDGET_CREDITS: numericOrZero,
    BUDGET_PERIOD: z.enum(['day', 'month']),
    ...systemVariables,
  }),
  process.env,
);

/** Nobody waits for the runner, so its calls may be tried more often than the receiver's. */
const patient = clientConfig(3_000, 5);

const clock = new SharedClock(Date.now);
const { now } = clock;
const log = functionLog();

const runner = createRunner({
  settings: {
    maxAttempts: environment.MAX_ATTEMPTS,
    runRetentionMs: environment.RUN_RETENTION_SECONDS * 1000,
    runDeadlineMs: environment.RUN_DEADLINE_SECONDS * 1000,
    requestsPerMinute: environment.MAVERA_REQUESTS_PER_MINUTE,
    maveraTimeoutMs: environment.MAVERA_TIMEOUT_SECONDS * 1000,
    overallBudget:
      environment.BUDGET_CREDITS === 0
        ? undefined
        : { credits: environment.BUDGET_CREDITS, per: environment.BUDGET_PERIOD },
  },
  triggers,
  grants,
  dynamodb: new DynamoDBClient(patient),
  tableName: environment.LEDGER_TABLE_NAME,
  sqs: new SQSClient(patient),
  queueUrls: {
    intake: environment.RUN_QUEUE_URL,
    bulk: environment.BULK_QUEUE_URL,
    ready: environment.READY_QUEUE_URL,
    deadLetters: environment.DEAD_LETTER_QUEUE_URL,
  },
  sns: new SNSClient(patient),
  resultsTopicArn: environment.RESULTS_TOPIC_ARN,
  maveraBaseUrl: environment.MAVERA_BASE_URL,
  maveraSecret: openSecret(environment.MAVERA_SECRET_ARN, parseMaveraCredentials, "Mavera's API key"),
  systems: systemOptions(environment, openSecret),
  onCall: (record) => logCall(log, record),
  now,
  onTrouble: (what, error) => log.warn(what, error),
});

runner.maveraSecret.warm();

function openSecret<Value>(
  secretId: string,
  parse: (json: unknown) => Value,
  title: string,
): CachedSecret<Value> {
  const onTrouble = (error: unknown): void => log.warn(`${title} cannot be read`, error);
  return secretsManagerSecret({ secretId, parse, now, onTrouble });
}

/** The last part of a queue's URL and of its ARN is its name. */
const readyQueueName = environment.READY_QUEUE_URL.split('/').at(-1);

/** Takes queue messages of SQS event source mappings that report partial failures. A batch comes from one queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  renewConnections(Date.now());
  log.begin(context.awsRequestId);
  const readShared = once(() => readSharedOfAll(runner.ledger, now()));
  runner.gate.recordRefusals();
  const failed = await Promise.all(
    event.Records.map(async (record) => ((await deliver(record, context, readShared)) ? [] : [record])),
  );
  return {
    batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** @returns whether the delivery ended; otherwise its message comes back */
async function deliver(
  { body, eventSourceARN, attributes, messageAttributes }: SQSRecord,
  context: Context,
  readShared: () => Promise<SharedState>,
): Promise<boolean> {
  const requests = (): RequestCounts => runner.gate.requestsTo('mavera');
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  if (receiveCount === 1) {
    clock.learn(Number(attributes.ApproximateFirstReceiveTimestamp));
  }
  const begun = { atMs: now(), requests: requests() };
  const door = eventSourceARN.split(':').at(-1) === readyQueueName ? 'ready' : 'intake';
  try {
    const delivery = {
      body,
      door,
      ...(door === 'intake' && { readShared }),
      receiveCount,
      remainingMs: context.getRemainingTimeInMillis(),
      sentAtMs: Number(attributes.SentTimestamp),
      endedAtMs: endedAtOf(messageAttributes),
    } as const;
    const handled = await handleDelivery(delivery, runner);
    logDelivery(log, handled, begun, { atMs: now(), requests: requests() });
    return true;
  } catch (error) {
    logFailedDelivery(log, error, body, begun, { atMs: now(), requests: requests() });
    return false;
  }
}

/** Reads once, at the first call. A failure is that of all who ask. */
function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => {
    reading ??= read();
    return reading;
  };
}

/** When the run of a dead letter had ended, if the message is one that came back. */
function endedAtOf(attributes: SQSRecord['messageAttributes']): number | undefined {
  const endedAtMs = Number(attributes[endedAtAttribute]?.stringValue ?? Number.NaN);
  return Number.isFinite(endedAtMs) ? endedAtMs : undefined;
}
