import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Caps } from '../../functions/ledger/caps.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const terms = { limit: 5, nowMs, leaseUntilMs: nowMs + 60_000 };

let world: World;
let caps: Caps;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  caps = new Caps(new LedgerTable(world.clients.dynamodb, await world.newTable()));
});

const acquire = (runId: string, more: Partial<typeof terms> = {}): Promise<boolean> =>
  caps.acquire('runFocusGroup', { ...terms, ...more, runId });

describe('a cap on the calls that are under way', () => {
  it('lets in as many as it says, however many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_none, index) => acquire(`run-${index}`)));
    expect(all.filter(Boolean)).toHaveLength(5);
    expect(await acquire('another')).toBe(false);
  });

  it('has never more at work than it says while runs come and go, and lets all in by and by', async () => {
    let atWork = 0;
    let most = 0;
    const work = async (runId: string): Promise<void> => {
      while (!(await acquire(runId))) {
        await sleep(Math.random() * 20);
      }
      atWork += 1;
      most = Math.max(most, atWork);
      await sleep(Math.random() * 5);
      atWork -= 1;
      await caps.release('runFocusGroup', runId);
    };
    await Promise.all(Array.from({ length: 50 }, (_none, index) => work(`run-${index}`)));
    expect(most).toBe(5);
  });

  it('has a place for another one when one has left, which may leave twice', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    await caps.release('runFocusGroup', 'a');
    await caps.release('runFocusGroup', 'a');
    expect([await acquire('f'), await acquire('g')]).toEqual([true, false]);
  });

  it('frees the place of one that nothing more was heard of when its lease is over', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    expect(await acquire('f', { nowMs: nowMs + 59_999 })).toBe(false);
    const later = { nowMs: nowMs + 60_000, leaseUntilMs: nowMs + 120_000 };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_none, index) => acquire(`late-${index}`, later)),
    );
    expect(all.filter(Boolean)).toHaveLength(5);
  });

  it('keeps the place of one that asks again, with the new lease', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    expect(await acquire('a', { leaseUntilMs: nowMs + 300_000 })).toBe(true);
    const later = { nowMs: nowMs + 60_000, leaseUntilMs: nowMs + 120_000 };
    const all = await Promise.all(['f', 'g', 'h', 'i', 'j'].map((runId) => acquire(runId, later)));
    expect(all.filter(Boolean)).toHaveLength(4);
  });

  it('counts each kind of call by itself', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    expect(await caps.acquire('askMave', { ...terms, runId: 'f' })).toBe(true);
  });
});
