import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DispatcherState, readAliveAtMs } from '../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const leaseMs = 20_000;

let world: World;
let table: LedgerTable;
let state: DispatcherState;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = new LedgerTable(world.clients.dynamodb, await world.newTable());
  state = new DispatcherState(table);
});

async function aliveAtMs(): Promise<number> {
  return readAliveAtMs(await table.readOne('dispatcher'));
}

const nothing = { deficits: {}, carried: undefined };
const kept = {
  deficits: { 'churn-signal': 0.75, 'plan-upgraded': -2 },
  carried: { lastSlots: { askMave: { slotAtMs: nowMs + 0.5, carriedMs: 12.25 } } },
};

describe('the lease of the dispatcher', () => {
  it('one of several dispatchers that start at the same time gets the lease', async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_none, index) => state.take(`d-${index}`, nowMs, nowMs + leaseMs)),
    );
    expect(all.filter((one) => one !== undefined)).toEqual([nothing]);
  });

  it('another dispatcher gets the lease when it has ended, not before', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.take('b', nowMs + leaseMs - 1, nowMs + 2 * leaseMs)).toBeUndefined();
    expect(await state.take('b', nowMs + leaseMs, nowMs + 2 * leaseMs)).toEqual(nothing);
    expect(await state.take('a', nowMs + leaseMs, nowMs + 2 * leaseMs)).toBeUndefined();
  });

  it('its owner may take it again, as when the first answer was lost', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.take('a', nowMs + 1, nowMs + leaseMs + 1)).toEqual(nothing);
  });

  it('its owner gives it back when it keeps its state', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.keep('a', nowMs + 500, { ...kept, leaseUntilMs: nowMs + 500 })).toBe(true);
    expect(await state.take('b', nowMs + 500, nowMs + leaseMs)).toEqual(kept);
  });

  it('its owner prolongs it when it keeps its state', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.keep('a', nowMs + 10_000, { ...kept, leaseUntilMs: nowMs + 30_000 });
    expect(await state.take('b', nowMs + leaseMs, nowMs + 60_000)).toBeUndefined();
  });
});

describe('what the dispatcher keeps', () => {
  it('the next pass gets what the last one has kept, whoever makes it', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.keep('a', nowMs, { ...kept, leaseUntilMs: nowMs });
    expect(await state.take('b', nowMs, nowMs + leaseMs)).toEqual(kept);
    await state.keep('b', nowMs, { deficits: {}, carried: undefined, leaseUntilMs: nowMs });
    expect(await state.take('c', nowMs, nowMs + leaseMs)).toEqual({ ...kept, deficits: {} });
  });

  it('a dispatcher that has lost the lease keeps nothing, and is not alive', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.take('b', nowMs + leaseMs, nowMs + 2 * leaseMs);
    expect(await state.keep('a', nowMs + leaseMs, { ...kept, leaseUntilMs: nowMs + leaseMs })).toBe(false);
    expect(await state.alive('a', nowMs + leaseMs)).toBe(false);
    expect(await aliveAtMs()).toBe(0);
    expect(await state.take('b', nowMs + leaseMs, nowMs + 2 * leaseMs)).toEqual(nothing);
  });

  it('a dispatcher whose lease has ended, but that nobody has taken, still keeps its state', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.keep('a', nowMs + 60_000, { ...kept, leaseUntilMs: nowMs + 60_000 })).toBe(true);
    expect(await state.take('b', nowMs + 60_000, nowMs + 80_000)).toEqual(kept);
  });

  it.each([
    ['no JSON', '{', nothing],
    ['another type', '7', { deficits: {}, carried: 7 }],
    ['a value that is not a number', '{"a":"x","b":1}', { deficits: { b: 1 }, carried: { a: 'x', b: 1 } }],
    ['null', 'null', { deficits: {}, carried: null }],
  ])('a state that was written by hand does not stop the dispatcher: %s', async (_what, json, read) => {
    const Item = { pk: { S: 'dispatcher' }, deficits: { S: json }, carried: { S: json } };
    await world.clients.dynamodb.send(new PutItemCommand({ TableName: table.name, Item }));
    expect(await state.take('a', nowMs, nowMs + leaseMs)).toEqual(read);
  });
});

describe('whether the dispatcher is alive', () => {
  it('it was never alive before it says so, also when it has the lease', async () => {
    expect(await aliveAtMs()).toBe(0);
    expect(await state.alive('a', nowMs)).toBe(false);
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await aliveAtMs()).toBe(0);
  });

  it('it is alive when it says so, and when it keeps its state', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.alive('a', nowMs + 1)).toBe(true);
    expect(await aliveAtMs()).toBe(nowMs + 1);
    await state.keep('a', nowMs + 2, { ...kept, leaseUntilMs: nowMs + 2 });
    expect(await aliveAtMs()).toBe(nowMs + 2);
  });

  it('it stays known when it was last alive, when another dispatcher takes the lease', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.alive('a', nowMs);
    await state.take('b', nowMs + 60_000, nowMs + 80_000);
    expect(await aliveAtMs()).toBe(nowMs);
  });
});
