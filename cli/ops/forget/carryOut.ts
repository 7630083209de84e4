import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { number, text } from '../../../functions/ledger/updateExpression.ts';
import type { Ledger } from '../deployment/deployment.ts';
import type { ForgetStep } from './planForget.ts';

/** Deletes an item. @returns whether it was there */
export async function deleteItem({ dynamodb, tableName }: Ledger, pk: string): Promise<boolean> {
  const { Attributes } = await dynamodb.send(
    new DeleteItemCommand({ TableName: tableName, Key: { pk: text(pk) }, ReturnValues: 'ALL_OLD' }),
  );
  return Attributes !== undefined;
}

/** Carries out one step. @returns `false` if the ledger has changed since it was read: the run has begun again */
export async function carryOut(ledger: Ledger, step: ForgetStep, nowMs: number): Promise<boolean> {
  if (step.kind === 'delete') {
    await deleteItem(ledger, step.pk);
    return true;
  }
  try {
    await ledger.dynamodb.send(
      new UpdateItemCommand({
        TableName: ledger.tableName,
        Key: { pk: text(step.pk) },
        ...updateOf(step, nowMs),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return false;
    }
    throw error;
  }
}

type Update = Pick<
  UpdateItemCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** What a run item holds of a user. */
const personal = 'userId, messageId, #result, detail';
const hasEnded = '#state IN (:done, :failed, :skipped)';
const isIdle =
  '#state = :waiting AND (attribute_not_exists(leaseUntilMs) OR leaseUntilMs <= :now) ' +
  'AND attribute_not_exists(creditsReserved) AND attribute_not_exists(lostCallAtMs) ' +
  'AND attribute_not_exists(pending) AND attribute_not_exists(#collection)';

function updateOf(step: Exclude<ForgetStep, { readonly kind: 'delete' }>, nowMs: number): Update {
  switch (step.kind) {
    case 'strip details':
      return {
        UpdateExpression: 'SET events = :events REMOVE #request',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#request': 'request' },
        ExpressionAttributeValues: { ':events': text(step.events) },
      };
    case 'clear run':
      return {
        UpdateExpression: `SET forgottenAtMs = :now REMOVE ${step.isOwn ? personal : '#result, detail'}`,
        ConditionExpression: hasEnded,
        ExpressionAttributeNames: { '#state': 'state', '#result': 'result' },
        ExpressionAttributeValues: {
          ':now': number(nowMs),
          ':done': text('done'),
          ':failed': text('failed'),
          ':skipped': text('skipped'),
        },
      };
    case 'end run':
      return {
        UpdateExpression:
          'SET #state = :skipped, #reason = :forgotten, updatedAtMs = :now, forgottenAtMs = :now ' +
          `REMOVE ${personal}, notBeforeMs`,
        ConditionExpression: isIdle,
        ExpressionAttributeNames: {
          '#state': 'state',
          '#reason': 'reason',
          '#result': 'result',
          '#collection': 'collection',
        },
        ExpressionAttributeValues: {
          ':skipped': text('skipped'),
          ':forgotten': text('forgotten'),
          ':now': number(nowMs),
          ':waiting': text('waiting'),
        },
      };
  }
}
