import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from '../../functions/ledger/breaker.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { type BreakerState, readBreaker } from '../../functions/ledger/sharedState.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;
let table: string;
let breaker: Breaker;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
  breaker = new Breaker(new LedgerTable(world.clients.dynamodb, table));
});

async function state(): Promise<BreakerState> {
  const items = await new LedgerTable(world.clients.dynamodb, table).read(['breaker#mavera']);
  return readBreaker(items.get('breaker#mavera'));
}

async function open(atMs: number, probe?: string): Promise<boolean> {
  return await breaker.open('mavera_402 credits_exhausted', await state(), atMs, probe);
}

describe('the breaker', () => {
  it('calls that fail at the same time open the breaker once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => open(nowMs)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await state()).toMatchObject({ openUntilMs: nowMs + 30_000, opens: 1 });
  });

  it('the breaker stays open twice as long each time that a probe fails, up to a quarter of an hour', async () => {
    let atMs = nowMs;
    const lasted: number[] = [];
    for (let opens = 0; opens < 7; opens += 1) {
      await open(atMs, opens === 0 ? undefined : 'probe');
      const { openUntilMs } = await state();
      lasted.push((openUntilMs - atMs) / 1_000);
      atMs = openUntilMs;
      await breaker.probe('probe', atMs, atMs + 60_000);
    }
    expect(lasted).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it('one run at a time probes the breaker once it has been open long enough', async () => {
    await open(nowMs);
    expect(await breaker.probe('early', nowMs + 29_999, nowMs + 90_000)).toBe(false);
    const atMs = nowMs + 30_000;
    const all = await Promise.all(
      Array.from({ length: 30 }, (_none, index) => breaker.probe(`run-${index}`, atMs, atMs + 60_000)),
    );
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await breaker.probe('later', atMs + 60_000, atMs + 120_000)).toBe(true);
  });

  it('another run may probe when the first one learnt nothing', async () => {
    await open(nowMs);
    await breaker.probe('a', nowMs + 30_000, nowMs + 90_000);
    await breaker.endProbe('a');
    expect(await breaker.probe('b', nowMs + 30_000, nowMs + 90_000)).toBe(true);
  });

  it('a call that was under way when the breaker opened does not open it again', async () => {
    await open(nowMs);
    await breaker.probe('a', nowMs + 30_000, nowMs + 90_000);
    expect(await open(nowMs + 40_000)).toBe(false);
    expect(await open(nowMs + 40_000, 'b')).toBe(false);
    expect(await state()).toMatchObject({ openUntilMs: nowMs + 30_000, opens: 1, probe: 'a' });
  });

  it('the run that probes closes the breaker, and no other does', async () => {
    await open(nowMs);
    await breaker.probe('a', nowMs + 30_000, nowMs + 90_000);
    expect(await breaker.close('b')).toBe(false);
    expect(await breaker.close('a')).toBe(true);
    expect(await state()).toMatchObject({ openUntilMs: 0, opens: 0, failures: 0, probe: '' });
  });

  it('the breaker counts failures in a row, and forgets them after a success while it is closed', async () => {
    expect([await breaker.countFailure(), await breaker.countFailure()]).toEqual([1, 2]);
    await breaker.forgetFailures();
    expect(await breaker.countFailure()).toBe(1);
    await open(nowMs);
    await breaker.countFailure();
    await breaker.forgetFailures();
    expect(await state()).toMatchObject({ failures: 1 });
  });
});
