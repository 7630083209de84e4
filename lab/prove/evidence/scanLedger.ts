import { type AttributeValue, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';

/** An item of the ledger as DynamoDB has it. */
export type LedgerItem = Readonly<Record<string, AttributeValue>>;

/**
 * Every item of the ledger.
 *
 * @param attributes the attributes to read. @default all
 */
export async function scanLedger(
  client: DynamoDBClient,
  TableName: string,
  attributes?: readonly string[],
): Promise<readonly LedgerItem[]> {
  const items: LedgerItem[] = [];
  const pages = paginateScan(
    { client },
    {
      TableName,
      ConsistentRead: true,
      ...(attributes === undefined ? {} : { ProjectionExpression: attributes.join() }),
    },
  );
  for await (const { Items = [] } of pages) {
    items.push(...Items);
  }
  return items;
}

/** The item's key. */
export function keyOf(item: LedgerItem): string {
  return item.pk?.S ?? '';
}
