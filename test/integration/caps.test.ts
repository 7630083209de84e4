import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Caps } from '../../functions/ledger/caps.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const options = { limit: 5, nowMs, leaseUntilMs: nowMs + 60_000 };

let world: World;
let caps: Caps;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  caps = new Caps(new LedgerTable(world.clients.dynamodb, await world.newTable()));
});

const acquire = (runId: string, more: Partial<typeof options> = {}): Promise<boolean> =>
  caps.acquire('runFocusGroup', { ...options, ...more, runId });

describe('a concurrency cap', () => {
  it('as many runs acquire a concurrency cap as its limit says, however many ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_none, index) => acquire(`run-${index}`)));
    expect(all.filter(Boolean)).toHaveLength(5);
    expect(await acquire('another')).toBe(false);
  });

  it('never more calls than the limit are under way while runs come and go, and all runs have their turn', async () => {
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

  it('a run may acquire the cap when another one has released it, also when that one releases it twice', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    await caps.release('runFocusGroup', 'a');
    await caps.release('runFocusGroup', 'a');
    expect([await acquire('f'), await acquire('g')]).toEqual([true, false]);
  });

  it('a run whose lease has ended does not count any more', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    expect(await acquire('f', { nowMs: nowMs + 59_999 })).toBe(false);
    const later = { nowMs: nowMs + 60_000, leaseUntilMs: nowMs + 120_000 };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_none, index) => acquire(`late-${index}`, later)),
    );
    expect(all.filter(Boolean)).toHaveLength(5);
  });

  it('a run that acquires the cap again keeps it, with the new lease', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    expect(await acquire('a', { leaseUntilMs: nowMs + 300_000 })).toBe(true);
    const later = { nowMs: nowMs + 60_000, leaseUntilMs: nowMs + 120_000 };
    const all = await Promise.all(['f', 'g', 'h', 'i', 'j'].map((runId) => acquire(runId, later)));
    expect(all.filter(Boolean)).toHaveLength(4);
  });

  it('each kind of call has a cap of its own', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => acquire(runId)));
    expect(await caps.acquire('askMave', { ...options, runId: 'f' })).toBe(true);
  });
});

describe('how long calls take', () => {
  it('calls that were made are counted with their time when they end, by kind', async () => {
    await acquire('made');
    await acquire('missed-its-slot');
    await caps.release('runFocusGroup', 'made', 41_500.4);
    await caps.release('runFocusGroup', 'made', 41_500.4);
    await caps.release('runFocusGroup', 'missed-its-slot');
    expect(await caps.readDurations(['runFocusGroup', 'askMave'])).toEqual(
      new Map([
        ['runFocusGroup', { calls: 1, totalMs: 41_500 }],
        ['askMave', { calls: 0, totalMs: 0 }],
      ]),
    );
  });
});
