import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/client-dynamodb';

/** The keys of all entries of the ledger. */
export async function ledgerKeys(client: DynamoDBClient, tableName: string): Promise<readonly string[]> {
  const keys: string[] = [];
  const pages = paginateScan(
    { client },
    { TableName: tableName, ProjectionExpression: 'pk', ConsistentRead: true },
  );
  for await (const { Items = [] } of pages) {
    keys.push(...Items.map(({ pk }) => pk?.S ?? ''));
  }
  return keys;
}
