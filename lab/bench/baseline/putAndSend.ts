import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createHandler, type Handler } from './createHandler.ts';
import { sendRuns } from './wantedEvent.ts';

const { IDEMPOTENCY_TABLE_NAME = '', RUN_QUEUE_URL = '' } = process.env;

const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});

/**
 * The minimum for a receiver that works event by event: one conditional put and one send. It loses events, because a crash
 * between the two leaves a put that refuses every retry. It shows how cheap that way can be at best.
 */
export const handler: Handler = createHandler(async (wanted) => {
  const expiresAtSeconds = Math.ceil(Date.now() / 1000) + Number(process.env.DEDUPE_WINDOW_SECONDS);
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: IDEMPOTENCY_TABLE_NAME,
        Item: {
          id: { S: `${wanted.route}#${wanted.messageKey}` },
          expiration: { N: `${expiresAtSeconds}` },
        },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    );
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return;
    }
    throw error;
  }
  await sendRuns(sqs, RUN_QUEUE_URL, wanted);
});
