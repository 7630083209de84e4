import {
  type AttributeValue,
  type DynamoDBClient,
  paginateScan,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';

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
      ...(attributes === undefined ? {} : projection(attributes)),
    },
  );
  for await (const { Items = [] } of pages) {
    items.push(...Items);
  }
  return items;
}

/** With placeholders, because some names are reserved words of DynamoDB. */
function projection(
  attributes: readonly string[],
): Pick<ScanCommandInput, 'ProjectionExpression' | 'ExpressionAttributeNames'> {
  return {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
}

/** The item's key. */
export function keyOf(item: LedgerItem): string {
  return item.pk?.S ?? '';
}
