import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import triggers from '#triggers';
import { clientSettings } from './aws/clientSettings.ts';
import { numeric, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { Pace } from './ledger/pace.ts';
import { Runs } from './ledger/runs.ts';
import { parseMaveraCredentials } from './mavera/credentials.ts';
import { MaveraClient } from './mavera/maveraClient.ts';
import { functionLog } from './observability/functionLog.ts';
import { RunMessageQueues } from './queue/runMessageQueues.ts';
import { ResultsTopic } from './results/resultsTopic.ts';
import { deliverRun } from './run/deliverRun.ts';
import { PaceGate } from './run/gates/paceGate.ts';
import { reportDelivery } from './run/reportDelivery.ts';
import type { RunnerDependencies } from './run/runDependencies.ts';
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
  }),
  process.env,
);

/** Nobody waits for the runner, so that its calls may be tried more often than the receiver's. */
const patient = clientSettings(3_000, 5);

const now = Date.now;
const random = Math.random;
const log = functionLog();
const dynamodb = new DynamoDBClient(patient);
const pace = new Pace(dynamodb, environment.LEDGER_TABLE_NAME);

const dependencies: RunnerDependencies = {
  settings: {
    maxAttempts: environment.MAX_ATTEMPTS,
    runRetentionMs: environment.RUN_RETENTION_SECONDS * 1000,
    requestsPerMinute: environment.MAVERA_REQUESTS_PER_MINUTE,
    maveraTimeoutMs: environment.MAVERA_TIMEOUT_SECONDS * 1000,
  },
  triggers: new Map(triggers.map((trigger) => [trigger.name, trigger])),
  runs: new Runs(dynamodb, environment.LEDGER_TABLE_NAME),
  pace,
  gates: [new PaceGate(pace, environment.MAVERA_REQUESTS_PER_MINUTE, random)],
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
  now,
  random,
  sleep,
  onTrouble: (what, error) => log.warn(what, error),
};

dependencies.maveraSecret.warm();

/** Takes queue messages of an SQS event source mapping that reports partial failures. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body, attributes } of event.Records) {
    try {
      const delivery = {
        body,
        receiveCount: Number(attributes.ApproximateReceiveCount),
        remainingMs: context.getRemainingTimeInMillis(),
      };
      reportDelivery(log, await deliverRun(delivery, dependencies), context.awsRequestId, now());
    } catch (error) {
      log.error('the delivery of a run failed; its message comes back', error);
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
