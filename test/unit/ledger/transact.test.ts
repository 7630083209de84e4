import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { transact } from '../../../functions/ledger/transact.ts';

const write = { put: { item: { pk: { S: 'a' } } } };

function cancelled(...codes: readonly string[]): Error {
  return new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

/** A ledger that fails with these errors one after the other, and then succeeds. */
function ledgerThatFails(...errors: readonly Error[]): { table: LedgerTable; calls: () => number } {
  let calls = 0;
  const send = async (): Promise<object> => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) {
      throw error;
    }
    return {};
  };
  return { table: new LedgerTable({ send } as unknown as DynamoDBClient, 'ledger'), calls: () => calls };
}

describe('a transaction', () => {
  it('a transaction is tried again when the ledger throttles it', async () => {
    const { table, calls } = ledgerThatFails(cancelled('ThrottlingError', 'None'));
    expect(await transact(table, [write, write])).toEqual({ kind: 'written' });
    expect(calls()).toBe(2);
  });

  it('a transaction is tried again after a conflict with another one', async () => {
    const { table, calls } = ledgerThatFails(
      cancelled('None', 'TransactionConflict'),
      cancelled('TransactionConflict', 'None'),
    );
    expect(await transact(table, [write, write])).toEqual({ kind: 'written' });
    expect(calls()).toBe(3);
  });

  it('a transaction says which of its conditions do not hold, and is not tried again', async () => {
    const { table, calls } = ledgerThatFails(cancelled('None', 'ConditionalCheckFailed', 'None'));
    expect(await transact(table, [write, write, write])).toEqual({ kind: 'refused', by: [1] });
    expect(calls()).toBe(1);
  });

  it('a transaction with a failed condition and a conflict is refused', async () => {
    const { table } = ledgerThatFails(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
    expect(await transact(table, [write, write])).toEqual({ kind: 'refused', by: [1] });
  });

  it('a transaction fails with every other error', async () => {
    const { table, calls } = ledgerThatFails(cancelled('ValidationError'));
    await expect(transact(table, [write])).rejects.toThrow(TransactionCanceledException);
    expect(calls()).toBe(1);
  });
});
