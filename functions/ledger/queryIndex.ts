import { QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { type LedgerItem, type LedgerTable, text } from './ledgerTable.ts';

/** A key of an index of the ledger. */
export interface IndexKey {
  readonly index: { readonly indexName: string; readonly partitionKey: string };
  /** The value of the index's partition key. */
  readonly value: string;
}

/**
 * Reads the first items of a key, in the order of the index. The index is behind the table, usually by less than a second.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function readFirst(
  table: LedgerTable,
  key: IndexKey,
  limit: number,
): Promise<readonly LedgerItem[]> {
  const items: LedgerItem[] = [];
  for await (const page of pages(table, key, { Limit: limit })) {
    items.push(...(page.Items ?? []));
    if (items.length >= limit) {
      break;
    }
  }
  return items.slice(0, limit);
}

/**
 * Counts the items of a key. It reads all of them, 1 MB a call.
 *
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function countItems(table: LedgerTable, key: IndexKey): Promise<number> {
  let count = 0;
  for await (const page of pages(table, key, { Select: 'COUNT' })) {
    count += page.Count ?? 0;
  }
  return count;
}

/**
 * Reads the items of a key page by page, in the order of the index.
 *
 * @param limit items a page, at most
 * @throws what the AWS SDK throws when the ledger does not answer
 */
export async function* readPages(
  table: LedgerTable,
  key: IndexKey,
  limit: number,
): AsyncGenerator<readonly LedgerItem[], void> {
  for await (const page of pages(table, key, { Limit: limit })) {
    yield page.Items ?? [];
  }
}

async function* pages(
  table: LedgerTable,
  { index, value }: IndexKey,
  options: Pick<QueryCommandInput, 'Limit' | 'Select'>,
): AsyncGenerator<QueryCommandOutput> {
  let startKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const page: QueryCommandOutput = await table.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: index.indexName,
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': index.partitionKey },
        ExpressionAttributeValues: { ':value': text(value) },
        ExclusiveStartKey: startKey,
        ...options,
      }),
    );
    yield page;
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}
