import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { transact } from '../../../functions/ledger/transact.ts';

const write = { Put: { TableName: 'ledger', Item: { pk: { S: 'a' } } } };

function cancelled(...codes: readonly string[]): Error {
  return new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

/** A ledger that answers so, one answer after the other, and then with success. */
function ledgerThatFails(...errors: readonly Error[]): { client: DynamoDBClient; calls: () => number } {
  let calls = 0;
  const send = async (): Promise<object> => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) {
      throw error;
    }
    return {};
  };
  return { client: { send } as unknown as DynamoDBClient, calls: () => calls };
}

describe('a transaction', () => {
  it('is tried again when the ledger throttles it', async () => {
    const { client, calls } = ledgerThatFails(cancelled('ThrottlingError', 'None'));
    expect(await transact(client, [write, write])).toEqual({ kind: 'written' });
    expect(calls()).toBe(2);
  });

  it('is tried again when another one was on the same items', async () => {
    const { client, calls } = ledgerThatFails(
      cancelled('None', 'TransactionConflict'),
      cancelled('TransactionConflict', 'None'),
    );
    expect(await transact(client, [write, write])).toEqual({ kind: 'written' });
    expect(calls()).toBe(3);
  });

  it('says which of its conditions do not hold, and is not tried again', async () => {
    const { client, calls } = ledgerThatFails(cancelled('None', 'ConditionalCheckFailed', 'None'));
    expect(await transact(client, [write, write, write])).toEqual({ kind: 'refused', by: [1] });
    expect(calls()).toBe(1);
  });

  it('goes by its conditions when there was a conflict as well', async () => {
    const { client } = ledgerThatFails(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
    expect(await transact(client, [write, write])).toEqual({ kind: 'refused', by: [1] });
  });

  it('lets every other failure through', async () => {
    const { client, calls } = ledgerThatFails(cancelled('ValidationError'));
    await expect(transact(client, [write])).rejects.toThrow(TransactionCanceledException);
    expect(calls()).toBe(1);
  });
});
