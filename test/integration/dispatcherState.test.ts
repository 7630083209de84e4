import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DispatcherState } from '../../functions/ledger/dispatcherState.ts';
import { LedgerTable, text } from '../../functions/ledger/ledgerTable.ts';
import { mayPark, noDispatcher } from '../../functions/ledger/sharedState.ts';
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

const calmEnd = { nowMs, waiting: [], slotsWantedUntilMs: 0 };

describe('the lease of the dispatcher', () => {
  it('one of several dispatchers that start at the same time gets the lease', async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_none, index) => state.take(`d-${index}`, nowMs, nowMs + leaseMs)),
    );
    expect(all.filter((isTaken) => isTaken)).toHaveLength(1);
  });

  it('another dispatcher gets the lease when it has ended, not before', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.take('b', nowMs + leaseMs - 1, nowMs + 2 * leaseMs)).toBe(false);
    expect(await state.take('b', nowMs + leaseMs, nowMs + 2 * leaseMs)).toBe(true);
    expect(await state.take('a', nowMs + leaseMs, nowMs + 2 * leaseMs)).toBe(false);
  });

  it('its owner prolongs it by taking it again', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.take('a', nowMs + 10_000, nowMs + 30_000)).toBe(true);
    expect(await state.take('b', nowMs + leaseMs, nowMs + 60_000)).toBe(false);
  });

  it('its owner gives it back at the end of a pass', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(await state.finish('a', calmEnd)).toBe(true);
    expect(await state.take('b', nowMs + 1, nowMs + leaseMs)).toBe(true);
  });

  it('a dispatcher whose lease was taken over ends nothing', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.take('b', nowMs + leaseMs, nowMs + 2 * leaseMs);
    expect(await state.finish('a', { ...calmEnd, waiting: ['churn-signal'] })).toBe(false);
    expect(await state.view()).toEqual(noDispatcher);
    expect(await state.take('c', nowMs + leaseMs + 1, nowMs + 2 * leaseMs)).toBe(false);
  });
});

describe('what a pass keeps', () => {
  it('the next pass gets what the last one has kept', async () => {
    expect(await state.readPlan()).toBeUndefined();
    await state.keepPlan({ turns: { 'churn-signal': 0.75 } });
    expect(await state.readPlan()).toEqual({ turns: { 'churn-signal': 0.75 } });
  });

  it('a plan that cannot be read counts as none', async () => {
    await table.put({ item: { pk: text('dispatcherPlan'), plan: text('{"turns') } });
    expect(await state.readPlan()).toBeUndefined();
  });

  it('operators read what the last pass has found', async () => {
    const lane = {
      lane: 'a',
      reason: 'paused',
      count: 3,
      isExact: true,
      countedAtMs: nowMs,
      oldestMs: nowMs,
    };
    await state.keepReport({ atMs: nowMs, lanes: [lane] });
    expect(await state.readReport()).toEqual({ atMs: nowMs, lanes: [lane] });
  });
});

describe('what admission goes by', () => {
  it('runs may be parked for three minutes after a pass has ended', async () => {
    expect(mayPark(await state.view(), nowMs)).toBe(false);
    await state.take('a', nowMs, nowMs + leaseMs);
    expect(mayPark(await state.view(), nowMs)).toBe(false);
    await state.finish('a', calmEnd);
    expect(mayPark(await state.view(), nowMs + 180_000)).toBe(true);
    expect(mayPark(await state.view(), nowMs + 180_001)).toBe(false);
  });

  it('no run may be parked while an operator puts all back into the queue', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.finish('a', calmEnd);
    await state.setParkingOff(nowMs + 60_000);
    expect(mayPark(await state.view(), nowMs + 59_999)).toBe(false);
    expect(mayPark(await state.view(), nowMs + 60_000)).toBe(true);
  });

  it('the lanes that wait are those that the last pass has left, and those in which a run was parked since', async () => {
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.finish('a', { ...calmEnd, waiting: ['churn-signal'] });
    await state.noteWaiting('plan-upgraded', undefined);
    expect(await state.view()).toMatchObject({
      waiting: new Set(['churn-signal', 'plan-upgraded']),
      slotsWantedUntilMs: 0,
    });
    await state.noteWaiting('vip-left', nowMs);
    expect(await state.view()).toMatchObject({ slotsWantedUntilMs: nowMs + 90_000 });
    await state.take('a', nowMs, nowMs + leaseMs);
    await state.finish('a', calmEnd);
    expect(await state.view()).toEqual({ ...noDispatcher, aliveAtMs: nowMs });
  });
});
