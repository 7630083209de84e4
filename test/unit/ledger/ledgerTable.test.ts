import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  DynamoDBServiceException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';

// Each pause is a random part of its longest time: here it is 0.
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const details = { $metadata: {}, message: 'made up' };
const conflict = new TransactionConflictException(details);
const standing = { pk: { S: 'a' }, state: { S: 'done' } };

/** A table whose client gives these answers one after the other, and then empty ones. */
function tableThatAnswers(...answers: readonly (object | Error)[]): {
  readonly table: LedgerTable;
  readonly inputs: readonly unknown[];
} {
  const inputs: unknown[] = [];
  const send = async ({ input }: { readonly input: unknown }): Promise<object> => {
    const answer = answers[inputs.length] ?? {};
    inputs.push(input);
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { table: new LedgerTable({ send } as unknown as DynamoDBClient, 'ledger'), inputs };
}

const writes = {
  update: (table: LedgerTable) =>
    table.update({ pk: 'a', change: 'SET #state = :s', condition: '#state = :t' }),
  put: (table: LedgerTable) => table.put({ item: { pk: { S: 'a' } }, condition: 'attribute_not_exists(pk)' }),
  delete: (table: LedgerTable) => table.delete({ pk: 'a', condition: '#state = :s' }),
};

describe.each(Object.entries(writes))('a conditional write to the ledger: %s', (_name, write) => {
  it('a refused write brings the item that stands there', async () => {
    const refusal = new ConditionalCheckFailedException({ ...details, Item: standing });
    const { table, inputs } = tableThatAnswers(refusal);
    expect(await write(table)).toEqual({ kind: 'refused', item: standing });
    expect(inputs).toEqual([expect.objectContaining({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })]);
  });

  it('a refused write brings an empty item when there is none', async () => {
    const { table } = tableThatAnswers(new ConditionalCheckFailedException(details));
    expect(await write(table)).toEqual({ kind: 'refused', item: {} });
  });

  it.each([conflict, new TransactionInProgressException(details)])(
    'a write is tried again after a conflict with a transaction: $name',
    async (error) => {
      const { table, inputs } = tableThatAnswers(error, error);
      expect(await write(table)).toEqual({ kind: 'written', item: {} });
      expect(inputs).toHaveLength(3);
    },
  );

  it('a write fails with every other error at once', async () => {
    const error = new DynamoDBServiceException({ ...details, name: 'ValidationException', $fault: 'client' });
    const { table, inputs } = tableThatAnswers(error);
    await expect(write(table)).rejects.toBe(error);
    expect(inputs).toHaveLength(1);
  });
});

describe('the expressions of a write', () => {
  it('#name in an expression stands for the attribute of that name, or for the one that it is given', async () => {
    const { table, inputs } = tableThatAnswers({ Attributes: standing });
    const update = {
      pk: 'a',
      change: 'SET holders.#run = :lease REMOVE #state',
      condition: '#state = :state',
      values: { ':lease': { N: '1' }, ':state': { S: 'done' } },
      names: { '#run': 'run 1' },
    };
    expect(await table.update(update, { returns: 'ALL_OLD' })).toEqual({ kind: 'written', item: standing });
    expect(inputs).toEqual([
      {
        TableName: 'ledger',
        Key: { pk: { S: 'a' } },
        UpdateExpression: update.change,
        ConditionExpression: update.condition,
        ExpressionAttributeNames: { '#run': 'run 1', '#state': 'state' },
        ExpressionAttributeValues: update.values,
        ReturnValues: 'ALL_OLD',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    ]);
  });

  it('a write without expressions has no empty ones, which DynamoDB refuses', async () => {
    const { table, inputs } = tableThatAnswers();
    await table.put({ item: standing });
    expect(inputs).toEqual([{ TableName: 'ledger', Item: standing }]);
  });
});

describe('a conflict that does not end', () => {
  it('a conflict fails the write when its caller has no more time', async () => {
    const { table, inputs } = tableThatAnswers(conflict, conflict);
    await expect(table.put({ item: standing }, AbortSignal.abort())).rejects.toThrow(/abort/);
    expect(inputs).toHaveLength(1);
  });

  it('a conflict that does not end fails the write after 60 tries', async () => {
    const { table, inputs } = tableThatAnswers(...Array.from({ length: 60 }, () => conflict));
    await expect(table.put({ item: standing })).rejects.toBe(conflict);
    expect(inputs).toHaveLength(60);
  });
});

describe('items that are read together', () => {
  const itemOf = (pk: string): object => ({ pk: { S: pk } });
  /** An answer that has some of the items and leaves others out. */
  const answer = (found: readonly string[], leftOut: readonly string[] = []): object => ({
    Responses: { ledger: found.map(itemOf) },
    UnprocessedKeys: leftOut.length === 0 ? {} : { ledger: { Keys: leftOut.map(itemOf) } },
  });
  const keysOf = (inputs: readonly unknown[]): unknown =>
    inputs.map((input) =>
      (input as { RequestItems: { ledger: { Keys: { pk: { S: string } }[] } } }).RequestItems.ledger.Keys.map(
        ({ pk }) => pk.S,
      ),
    );

  it('items that the ledger has left out are read again', async () => {
    const { table, inputs } = tableThatAnswers(
      answer(['a'], ['b', 'c']),
      answer(['b'], ['c']),
      answer(['c']),
    );
    expect([...(await table.read(['a', 'b', 'c'])).keys()]).toEqual(['a', 'b', 'c']);
    expect(keysOf(inputs)).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
  });

  it('items are read 100 a call, those left out together with the rest', async () => {
    const keys = Array.from({ length: 102 }, (_none, index) => `${index}`);
    const { table, inputs } = tableThatAnswers(answer([], ['7']), answer([]));
    expect((await table.read(keys)).size).toBe(0);
    expect(keysOf(inputs)).toEqual([keys.slice(0, 100), ['100', '101', '7']]);
  });

  it('a read fails when the ledger brings nothing ten times in a row, and not before', async () => {
    const nothing = answer([], ['b']);
    const some = answer(['a'], ['b']);
    const { table, inputs } = tableThatAnswers(some, ...Array.from({ length: 10 }, () => nothing));
    await expect(table.read(['a', 'b'])).rejects.toThrow('left out 1 of 2 items');
    expect(inputs).toHaveLength(11);
  });

  it('reading no keys costs no call', async () => {
    const { table, inputs } = tableThatAnswers();
    expect((await table.read([])).size).toBe(0);
    expect(inputs).toEqual([]);
  });
});
