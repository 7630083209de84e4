import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { forgetRequestsDay } from '../ledger/forgetRequests.ts';
import { type LedgerTable, number, text } from '../ledger/ledgerTable.ts';
import { runsByDay } from '../ledger/runsByDay.ts';

/** A `delete` event of Segment that the receiver has recorded. */
export interface RecordedRequest {
  readonly pk: string;
  readonly userId: string;
  readonly receivedAtMs: number;
}

/**
 * Reads all recorded requests, oldest first. They have a day of their own in the index, so no scan is needed to find
 * them.
 */
export async function readForgetRequests(table: LedgerTable): Promise<readonly RecordedRequest[]> {
  const found: RecordedRequest[] = [];
  let startKey: QueryCommand['input']['ExclusiveStartKey'];
  do {
    const { Items = [], LastEvaluatedKey } = await table.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: runsByDay.indexName,
        KeyConditionExpression: '#day = :day',
        ExpressionAttributeNames: { '#day': runsByDay.partitionKey },
        ExpressionAttributeValues: { ':day': text(forgetRequestsDay) },
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    found.push(
      ...Items.flatMap(({ pk, userId, receivedAtMs }) =>
        pk?.S === undefined || userId?.S === undefined
          ? []
          : [{ pk: pk.S, userId: userId.S, receivedAtMs: Number(receivedAtMs?.N) }],
      ),
    );
    startKey = LastEvaluatedKey;
  } while (startKey !== undefined);
  return found;
}

/** Deletes a request. @returns `false` if it stays, because it has been made once more since it was read */
export async function deleteForgetRequest(
  table: LedgerTable,
  { pk, receivedAtMs }: RecordedRequest,
): Promise<boolean> {
  const { kind } = await table.delete({
    pk,
    condition: '#receivedAtMs = :receivedAtMs',
    values: { ':receivedAtMs': number(receivedAtMs) },
  });
  return kind === 'written';
}
