import { describe, expect, it } from 'vitest';
import { type LedgerItem, LedgerTable, number, text } from '../../../functions/ledger/ledgerTable.ts';
import { parkedIndex } from '../../../functions/ledger/parkedIndex.ts';
import { readFirst } from '../../../functions/ledger/queryIndex.ts';
import { transact } from '../../../functions/ledger/transact.ts';
import { itemBytes } from '../../../simulators/aws/dynamodb/itemBytes.ts';
import { SimulatedDynamo } from '../../../simulators/aws/dynamodb/simulatedDynamo.ts';
import { SimulatedTable } from '../../../simulators/aws/dynamodb/simulatedTable.ts';
import type { LedgerUnits } from '../../../simulators/aws/dynamodb/units.ts';

/** A table, and a function that says what one piece of work on it is billed as. */
function billedTable() {
  const simulated = new SimulatedTable([parkedIndex], () => 0);
  const dynamo = new SimulatedDynamo(simulated, {
    now: () => 0,
    sleep: async () => undefined,
    random: () => 0,
  });
  const table = new LedgerTable(
    dynamo.client(
      () => 'test',
      async (work) => await work(),
    ),
    'simulated',
  );
  const billed = async (work: (on: LedgerTable) => Promise<unknown>): Promise<LedgerUnits> => {
    const before = dynamo.units.get('test');
    await work(table);
    const after = dynamo.units.get('test');
    return {
      calls: (after?.calls ?? 0) - (before?.calls ?? 0),
      writes: (after?.writes ?? 0) - (before?.writes ?? 0),
      indexWrites: (after?.indexWrites ?? 0) - (before?.indexWrites ?? 0),
      reads: (after?.reads ?? 0) - (before?.reads ?? 0),
    };
  };
  return { table, billed };
}

const large: LedgerItem = { pk: text('a'), message: text('x'.repeat(5_000)) };
const parked: LedgerItem = { pk: text('p'), lane: text('lane#0'), orderMs: number(1), message: text('x') };

describe('what the simulated DynamoDB bills', () => {
  it('counts the bytes of names and values as DynamoDB documents it', () => {
    expect(itemBytes({ pk: text('abc') })).toBe(5);
    expect(itemBytes({ s: text('é') })).toBe(3);
    expect(itemBytes({ n: number(1_795_154_412_345) })).toBe(1 + 7 + 1);
    expect(itemBytes({ n: number(1_700_000) })).toBe(1 + 1 + 1);
    expect(itemBytes({ n: number(-0.5) })).toBe(1 + 1 + 1 + 1);
    expect(itemBytes({ b: { B: new Uint8Array(10) } })).toBe(11);
  });

  it('is a write unit for each KB that was begun, of the larger item', async () => {
    const { billed } = billedTable();
    expect(await billed((table) => table.put({ item: large }))).toMatchObject({ writes: 5 });
    expect(await billed((table) => table.put({ item: { pk: text('a') } }))).toMatchObject({ writes: 5 });
    expect(await billed((table) => table.put({ item: { pk: text('a') } }))).toMatchObject({ writes: 1 });
  });

  it('is as much for a refused write as the item that stands there', async () => {
    const { table, billed } = billedTable();
    await table.put({ item: large });
    const refused = { pk: 'a', condition: 'attribute_not_exists(pk)' };
    expect(await billed((on) => on.delete(refused))).toMatchObject({ writes: 5 });
  });

  it('is twice as much within a transaction', async () => {
    const { billed } = billedTable();
    const writes = ['a', 'b'].map((pk) => ({ put: { item: { pk: text(pk) } } }));
    expect(await billed((table) => transact(table, writes))).toMatchObject({ calls: 1, writes: 4 });
  });

  it('has a write of the index only if something changes that the index has, and two if the entry moves', async () => {
    const { billed } = billedTable();
    const change = (attributes: LedgerItem) =>
      billed((table) => table.put({ item: { ...parked, ...attributes } }));
    expect(await change({})).toMatchObject({ indexWrites: 1 });
    expect(await change({ message: text('y') })).toMatchObject({ indexWrites: 0 });
    expect(await change({ credits: number(5) })).toMatchObject({ indexWrites: 1 });
    expect(await change({ orderMs: number(2) })).toMatchObject({ indexWrites: 2 });
    expect(await billed((table) => table.delete({ pk: 'p' }))).toMatchObject({ indexWrites: 1 });
  });

  it('is a read unit for each 4 KB of an item, and half of it for a query of the index', async () => {
    const { table, billed } = billedTable();
    await table.put({ item: large });
    await table.put({ item: parked });
    expect(await billed((on) => on.readOne('a'))).toMatchObject({ reads: 2 });
    expect(await billed((on) => on.read(['a', 'p', 'none']))).toMatchObject({ calls: 1, reads: 4 });
    const key = { index: parkedIndex, value: 'lane#0' };
    expect(await billed((on) => readFirst(on, key, 10))).toMatchObject({ calls: 1, reads: 0.5 });
  });
});
