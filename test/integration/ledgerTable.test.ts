import { type DynamoDBClient, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let client: DynamoDBClient;
let table: LedgerTable;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  client = await newClient(world);
  table = new LedgerTable(client, await world.newTable());
});

/** Lets the first calls of the client fail as when a transaction is at the same item. */
function failFirst(calls: number): void {
  let sent = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      sent += 1;
      if (sent <= calls) {
        throw new TransactionConflictException({
          $metadata: {},
          message: 'Transaction is ongoing for the item',
        });
      }
      return await next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
}

const isNew = 'attribute_not_exists(pk)';
const first = { pk: { S: 'a' }, owner: { S: 'first' } };
const second = { pk: { S: 'a' }, owner: { S: 'second' } };

describe('the table of the ledger', () => {
  it('a put, an update and a deletion that are refused bring the item that stands there', async () => {
    expect(await table.put({ item: first, condition: isNew })).toEqual({ kind: 'written', item: {} });
    const refused = { kind: 'refused', item: first };
    const isSecond = { condition: '#owner = :owner', values: { ':owner': { S: 'second' } } };
    expect(await table.put({ item: second, condition: isNew })).toEqual(refused);
    expect(await table.update({ pk: 'a', change: 'REMOVE #owner', ...isSecond })).toEqual(refused);
    expect(await table.delete({ pk: 'a', ...isSecond })).toEqual(refused);
    expect(await table.readOne('a')).toEqual(first);
  });

  it('a refusal brings an empty item when there is none', async () => {
    const update = { pk: 'b', change: 'REMOVE #owner', condition: 'attribute_exists(pk)' };
    expect(await table.update(update)).toEqual({ kind: 'refused', item: {} });
    expect(await table.readOne('b')).toBeUndefined();
  });

  it('an update returns the item before it, or the attributes that it has set', async () => {
    await table.put({ item: first });
    const update = { pk: 'a', change: 'SET #owner = :owner', values: { ':owner': { S: 'second' } } };
    expect(await table.update(update, { returns: 'ALL_OLD' })).toEqual({ kind: 'written', item: first });
    expect(await table.update(update, { returns: 'UPDATED_NEW' })).toEqual({
      kind: 'written',
      item: { owner: { S: 'second' } },
    });
  });

  it('a plain write is made once the transactions at its item have ended', async () => {
    failFirst(5);
    expect(await table.put({ item: first, condition: isNew })).toEqual({ kind: 'written', item: {} });
    expect(await table.readOne('a')).toEqual(first);
  });
});
