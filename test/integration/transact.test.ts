import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { type TransactionWrite, transact } from '../../functions/ledger/transact.ts';
import { conflictOn, letTransactionsConflict, loseCalls, newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let table: string;
let client: DynamoDBClient;
let ledger: LedgerTable;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
  client = await newClient(world);
  ledger = new LedgerTable(client, table);
});

function counting(pk: string, condition?: string): TransactionWrite {
  return { update: { pk, change: 'ADD written :one', values: { ':one': { N: '1' } }, condition } };
}

/** The same, on a condition that never holds. */
function refused(pk: string): TransactionWrite {
  return counting(pk, 'attribute_exists(nothing)');
}

const timesWritten = async (pk: string): Promise<unknown> => (await world.item(pk, table))?.written;

/** Counts the calls of the client; a call for which there is an error fails with it. */
function failWith(error: (call: number) => Error | undefined): { calls: number } {
  const noted = { calls: 0 };
  client.middlewareStack.add(
    (next) => async (args) => {
      noted.calls += 1;
      const failure = error(noted.calls);
      if (failure !== undefined) {
        throw failure;
      }
      return await next(args);
    },
    { step: 'initialize' },
  );
  return noted;
}

describe('a transaction', () => {
  it('a transaction writes all its items', async () => {
    expect(await transact(ledger, [counting('a'), counting('b')])).toEqual({ kind: 'written' });
    expect([await timesWritten('a'), await timesWritten('b')]).toEqual([1, 1]);
  });

  it('a transaction writes nothing when some conditions do not hold, and says which', async () => {
    expect(await transact(ledger, [refused('a'), counting('b'), refused('c')])).toEqual({
      kind: 'refused',
      by: [0, 2],
    });
    expect(await timesWritten('b')).toBeUndefined();
  });

  it.each([10, 100])(
    'a transaction is written although %i are at the same item all the time',
    async (count) => {
      const conflicts = letTransactionsConflict(client, 20);
      const outcomes = await Promise.allSettled(
        Array.from({ length: count }, (_none, index) =>
          transact(ledger, [counting(`${index}`), counting('all')]),
        ),
      );
      expect(outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))).toEqual([]);
      expect(await timesWritten('all')).toBe(count);
      expect(conflicts.count).toBeGreaterThan(0);
    },
  );

  it('a transaction with a failed condition is refused, also when there was a conflict', async () => {
    const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed' }];
    const message = 'Transaction cancelled';
    const noted = failWith(
      () => new TransactionCanceledException({ message, CancellationReasons, $metadata: {} }),
    );
    expect(await transact(ledger, [counting('a'), counting('b')])).toEqual({ kind: 'refused', by: [1] });
    expect(noted.calls).toBe(1);
  });

  it('a transaction whose conflict does not end fails after 60 tries', async () => {
    const noted = failWith(() => conflictOn([true]));
    await expect(transact(ledger, [counting('a')])).rejects.toThrow(TransactionCanceledException);
    expect(noted.calls).toBe(60);
  });

  it('a transaction is not tried again after another error', async () => {
    const noted = failWith(() => undefined);
    const unknown = new LedgerTable(client, 'no-such-table');
    await expect(transact(unknown, [counting('a')])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect(noted.calls).toBe(1);
  });

  it('a transaction whose answer is lost is written once, although the SDK sends it again', async () => {
    let sent = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        sent += 1;
        if (sent === 1) {
          throw Object.assign(new Error('No answer in time'), { name: 'TimeoutError' });
        }
        return answer;
      },
      { step: 'deserialize', priority: 'low' },
    );
    expect(await transact(ledger, [counting('a')])).toEqual({ kind: 'written' });
    expect([sent, await timesWritten('a')]).toEqual([2, 1]);
  });

  it('a transaction may be written although its caller never learns of it', async () => {
    loseCalls(client, () => 'after');
    await expect(transact(ledger, [counting('a')])).rejects.toThrow('was not answered');
    expect(await timesWritten('a')).toBe(1);
  });
});
