import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The attributes of an item as plain values, of the types that the ledger uses outside of maps. */
export function plainItem(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S, N, SS, BOOL }]) => [
      name,
      N === undefined ? (S ?? SS ?? BOOL) : Number(N),
    ]),
  );
}
