import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { forgetRequestsDay } from '../../../functions/ledger/forgetRequests.ts';
import { text } from '../../../functions/ledger/ledgerTable.ts';
import { runsByDay } from '../../../infra/runsByDay.ts';
import type { Ledger } from '../deployment/deployment.ts';

/** A `delete` event of Segment that the receiver has recorded. */
export interface ForgetRequest {
  readonly pk: string;
  readonly userId: string;
}

/** Reads all recorded requests. They have a day of their own in the index, so no scan is needed to find them. */
export async function readForgetRequests({ dynamodb, tableName }: Ledger): Promise<readonly ForgetRequest[]> {
  const found: ForgetRequest[] = [];
  let startKey: QueryCommand['input']['ExclusiveStartKey'];
  do {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: runsByDay.indexName,
        KeyConditionExpression: '#day = :day',
        ExpressionAttributeNames: { '#day': runsByDay.partitionKey },
        ExpressionAttributeValues: { ':day': text(forgetRequestsDay) },
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    found.push(
      ...Items.flatMap(({ pk, userId }) =>
        pk?.S === undefined || userId?.S === undefined ? [] : [{ pk: pk.S, userId: userId.S }],
      ),
    );
    startKey = LastEvaluatedKey;
  } while (startKey !== undefined);
  return found;
}
