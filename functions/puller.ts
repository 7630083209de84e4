import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import grants from '#access';
import triggers from '#triggers';
import { clientConfig } from './aws/clientConfig.ts';
import { renewConnections } from './aws/connections.ts';
import { numeric, parseEnvironment, required } from './environment/parseEnvironment.ts';
import { functionLog } from './observability/functionLog.ts';
import { logCall } from './observability/logCall.ts';
import { createPuller } from './pull/createPuller.ts';
import { handlePullDelivery } from './pull/handleDelivery.ts';
import { logFailedPull, logPull } from './pull/logPull.ts';
import { longestStepMs } from './pull/pullDependencies.ts';
import type { OpenFile } from './pull/rows/openedFile.ts';
import { openFiles } from './pull/rows/openFile.ts';
import { shippedFiles } from './pull/rows/shippedFiles.ts';
import { secretsManagerSecret } from './secrets/secretsManagerSecret.ts';
import { pullSystemOptions, pullSystemVariables } from './systems/systemOptions.ts';

const environment = parseEnvironment(
  z.object({
    LEDGER_TABLE_NAME: required,
    BULK_QUEUE_URL: required,
    PULL_QUEUE_URL: required,
    PULL_MAX_RECEIVES: numeric,
    PULL_DEADLINE_SECONDS: numeric,
    RUN_DEADLINE_SECONDS: numeric,
    RESULTS_TOPIC_ARN: required,
    /** Only the local system sets it. */
    FILES_ORIGIN: z.optional(required),
    /** Only the local system sets it: it has files of S3 in a folder. */
    S3_FOLDER: z.optional(required),
    ...pullSystemVariables,
  }),
  process.env,
);

/** Nobody waits for the puller, so its calls may be tried more often than the receiver's. */
const patient = clientConfig(3_000, 5);

let opensS3: Promise<OpenFile> | undefined;

const now = Date.now;
const log = functionLog();

const puller = createPuller({
  settings: {
    runDeadlineMs: environment.RUN_DEADLINE_SECONDS * 1000,
    pullDeadlineMs: environment.PULL_DEADLINE_SECONDS * 1000,
    stepMs: longestStepMs,
  },
  triggers,
  grants,
  clients: {
    dynamodb: new DynamoDBClient(patient),
    sqs: new SQSClient(patient),
    sns: new SNSClient(patient),
  },
  tableName: environment.LEDGER_TABLE_NAME,
  queueUrls: { pulls: environment.PULL_QUEUE_URL, bulk: environment.BULK_QUEUE_URL },
  resultsTopicArn: environment.RESULTS_TOPIC_ARN,
  systems: pullSystemOptions(environment, (secretId, parse, title) =>
    secretsManagerSecret({
      secretId,
      parse,
      now,
      onTrouble: (error) => log.warn(`${title} cannot be read`, error),
    }),
  ),
  openFile: openFiles({
    s3: async (...file) => await (await openingS3())(...file),
    shipped: shippedFiles(dirname(fileURLToPath(import.meta.url))),
    origin: environment.FILES_ORIGIN,
  }),
  report: (report) => logPull(log, report),
  onCall: (record) => logCall(log, record),
  onTrouble: (what, error) => log.warn(what, error),
  now,
});

/** The client of S3 is loaded with the first file: most pulls read none. */
function openingS3(): Promise<OpenFile> {
  const { S3_FOLDER: folder } = environment;
  opensS3 ??=
    folder === undefined
      ? import('./pull/rows/openS3Objects.ts').then(({ openS3Objects }) => openS3Objects())
      : import('./pull/rows/openS3Folder.ts').then(({ openS3Folder }) => openS3Folder(folder));
  return opensS3;
}

/** Takes messages of the puller's queue, each of which starts an occurrence or is one step, and reports those that failed. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  renewConnections(now());
  log.begin(context.awsRequestId);
  const failed = await Promise.all(
    event.Records.map(async (record) => ((await deliver(record)) ? [] : [record])),
  );
  return {
    batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** @returns whether the delivery ended; otherwise its message comes back */
async function deliver({ body, attributes }: SQSRecord): Promise<boolean> {
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  try {
    await handlePullDelivery({ body, receiveCount, maxReceives: environment.PULL_MAX_RECEIVES }, puller);
    return true;
  } catch (error) {
    logFailedPull(log, error, { body, receiveCount });
    return false;
  }
}
