import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeptIds } from '../../functions/ledger/keptIds.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const hourMs = 3_600_000;
const key = 'kept#thread-of-u-1';

let world: World;
let table: string;
let kept: KeptIds;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
  kept = new KeptIds(new LedgerTable(world.clients.dynamodb, table));
});

describe('what a trigger keeps for a key', () => {
  it('one run makes what a trigger keeps, however many ask at once, and then all know it', async () => {
    const asked = await Promise.all(
      Array.from({ length: 30 }, (_none, index) => kept.take(key, `run-${index}`, nowMs)),
    );
    expect(asked.filter(({ kind }) => kind === 'mine')).toHaveLength(1);
    expect(asked.filter(({ kind }) => kind === 'pending')).toHaveLength(29);
    await kept.keep(key, 'thread-1', nowMs);
    expect(await kept.take(key, 'run-7', nowMs)).toEqual({ kind: 'known', id: 'thread-1' });
  });

  it('the run that has to make it may come back and still make it', async () => {
    await kept.take(key, 'a', nowMs);
    expect(await kept.take(key, 'a', nowMs + 60_000)).toEqual({ kind: 'mine' });
  });

  it('another run makes it when the first one did not come back for an hour', async () => {
    await kept.take(key, 'a', nowMs);
    expect(await kept.take(key, 'b', nowMs + hourMs - 1)).toEqual({ kind: 'pending' });
    expect(await kept.take(key, 'b', nowMs + hourMs)).toEqual({ kind: 'mine' });
  });

  it('another run makes it when the first one gave up, but not when it was made', async () => {
    await kept.take(key, 'a', nowMs);
    await kept.release(key, 'b');
    expect(await kept.take(key, 'b', nowMs)).toEqual({ kind: 'pending' });
    await kept.release(key, 'a');
    expect(await kept.take(key, 'b', nowMs)).toEqual({ kind: 'mine' });
    await kept.keep(key, 'thread-1', nowMs);
    await kept.release(key, 'b');
    expect(await kept.take(key, 'c', nowMs)).toMatchObject({ kind: 'known' });
  });

  it('the id that was kept first stays, and only that id can be forgotten', async () => {
    await kept.keep(key, 'thread-1', nowMs);
    await kept.keep(key, 'thread-2', nowMs);
    await kept.forget(key, 'thread-2');
    expect(await kept.take(key, 'a', nowMs)).toEqual({ kind: 'known', id: 'thread-1' });
    await kept.forget(key, 'thread-1');
    expect(await kept.take(key, 'a', nowMs)).toEqual({ kind: 'mine' });
  });

  it('the event time of its newest update only grows, in whatever order the updates end', async () => {
    const asOf = async (): Promise<unknown> => {
      const taken = await kept.take(key, 'a', nowMs);
      return taken.kind === 'known' ? taken.asOfMs : taken.kind;
    };
    await kept.keep(key, 'persona-1', nowMs);
    expect(await asOf()).toBeUndefined();
    const times = [5_000, 9_000, 7_000, undefined, 8_999];
    await Promise.all(times.map((timeMs) => kept.keep(key, 'persona-1', nowMs, timeMs)));
    expect(await asOf()).toBe(9_000);
    await kept.keep(key, 'persona-1', nowMs, 9_001);
    expect(await asOf()).toBe(9_001);
  });

  it('the event time of another persona of the key does not count', async () => {
    await kept.keep(key, 'persona-1', nowMs, 5_000);
    await kept.keep(key, 'persona-2', nowMs, 9_000);
    expect(await kept.take(key, 'a', nowMs)).toEqual({ kind: 'known', id: 'persona-1', asOfMs: 5_000 });
  });

  it('an older update notes as well that the id was used', async () => {
    await kept.keep(key, 'persona-1', nowMs, 5_000);
    await kept.keep(key, 'persona-1', nowMs + hourMs, 4_000);
    expect(await world.item(key, table)).toMatchObject({
      asOfMs: 5_000,
      expiresAt: (nowMs + hourMs) / 1_000 + 400 * 86_400,
    });
  });
});
