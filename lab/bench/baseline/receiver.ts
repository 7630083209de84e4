import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createHandler, type Handler } from './createHandler.ts';
import { sendRuns, type WantedEvent } from './wantedEvent.ts';

const { IDEMPOTENCY_TABLE_NAME = '', RUN_QUEUE_URL = '' } = process.env;

const sqs = new SQSClient({});
const config = new IdempotencyConfig({
  eventKeyJmesPath: '[route, messageKey]',
  throwOnNoIdempotencyKey: true,
  expiresAfterSeconds: Number(process.env.DEDUPE_WINDOW_SECONDS),
});
const sendRunsOnce = makeIdempotent((wanted: WantedEvent) => sendRuns(sqs, RUN_QUEUE_URL, wanted), {
  persistenceStore: new DynamoDBPersistenceLayer({ tableName: IDEMPOTENCY_TABLE_NAME }),
  config,
});

/**
 * The receiver as AWS documents such functions: Powertools for idempotency, logs, metrics and the secret, default clients,
 * each event separately.
 * Source: "Powertools for AWS Lambda (TypeScript)", Idempotency, `makeIdempotent` function wrapper.
 */
export const handler: Handler = createHandler((wanted, context) => {
  config.registerLambdaContext(context);
  return sendRunsOnce(wanted);
});
