import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { tableArn } from '../account/arns.ts';
import { parseProperties } from '../template/parseProperties.ts';
import type { CreatedResource, NamedResource } from './createdResource.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const indexSchema = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

const tableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z.array(indexSchema).optional(),
  KeySchema: keySchema,
  StreamSpecification: z.undefined({ error: 'streams are not supported' }).optional(),
  TableName: z.string().optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

const maxWaitSeconds = 30;

/** Creates a table with its time to live, and waits until it is active. */
export async function createTable(
  client: DynamoDBClient,
  { logicalId, name, properties }: NamedResource,
): Promise<CreatedResource> {
  const table = parseProperties(tableSchema, logicalId, properties);
  const tableName = table.TableName ?? name;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: table.AttributeDefinitions,
      BillingMode: table.BillingMode,
      KeySchema: table.KeySchema,
      GlobalSecondaryIndexes: table.GlobalSecondaryIndexes,
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: maxWaitSeconds, minDelay: 1 }, { TableName: tableName });
  if (table.TimeToLiveSpecification !== undefined) {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: table.TimeToLiveSpecification,
      }),
    );
  }
  return {
    ref: tableName,
    attributes: { Arn: tableArn(tableName) },
    remove: async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
    },
  };
}
