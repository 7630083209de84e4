import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import { parkedIndex } from '../../functions/ledger/parkedIndex.ts';
import { runsByDay } from '../../functions/ledger/runsByDay.ts';
import type { AwsClients } from '../../local/aws/clients.ts';
import { createAwsClients } from '../../local/aws/clients.ts';

/** A ledger table and queues of its own on the emulators that all tests share. */
export interface World {
  readonly clients: AwsClients;
  readonly table: string;
  /** A further ledger, for a test that shares nothing. */
  newTable(): Promise<string>;
  newQueue(): Promise<string>;
  item(pk: string, table?: string): Promise<Record<string, unknown> | undefined>;
  /** Forgets an item, such as the pace that tests would otherwise share. */
  forget(pk: string): Promise<void>;
  stop(): Promise<void>;
}

/** Creates one with an empty ledger. */
export async function startWorld(): Promise<World> {
  const clients = createAwsClients(inject('awsEndpoints'));
  const id = randomUUID();
  const table = `ledger-${id}`;
  await createLedger(clients.dynamodb, table);
  let queues = 0;
  let tables = 0;
  return {
    clients,
    table,
    newTable: async () => {
      tables += 1;
      await createLedger(clients.dynamodb, `${table}-${tables}`);
      return `${table}-${tables}`;
    },
    newQueue: async () => {
      queues += 1;
      const { QueueUrl = '' } = await clients.sqs.send(
        new CreateQueueCommand({
          QueueName: `queue-${id}-${queues}`,
          Attributes: { VisibilityTimeout: '600' },
        }),
      );
      return QueueUrl;
    },
    item: async (pk, from = table) => {
      const command = new GetItemCommand({ TableName: from, Key: { pk: { S: pk } }, ConsistentRead: true });
      const { Item } = await clients.dynamodb.send(command);
      return Item === undefined
        ? undefined
        : Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.S ?? Number(value.N)]));
    },
    forget: async (pk) => {
      await clients.dynamodb.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: pk } } }));
    },
    stop: async () => {
      clients.destroy();
    },
  };
}

async function createLedger(client: DynamoDBClient, table: string): Promise<void> {
  const indexes = [runsByDay, parkedIndex];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        ...indexes.flatMap(({ partitionKey, sortKey }) => [
          { AttributeName: partitionKey, AttributeType: 'S' } as const,
          { AttributeName: sortKey, AttributeType: 'N' } as const,
        ]),
      ],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: indexes.map(({ indexName, partitionKey, sortKey, nonKeyAttributes }) => ({
        IndexName: indexName,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...nonKeyAttributes] },
      })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}

/** Takes all messages that can be had now out of a queue. */
export async function drain(client: SQSClient, queueUrl: string): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) {
      return messages;
    }
    messages.push(...Messages);
    await Promise.all(
      Messages.map(({ ReceiptHandle }) =>
        client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle })),
      ),
    );
  }
}
