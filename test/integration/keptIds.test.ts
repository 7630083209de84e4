import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeptIds } from '../../functions/ledger/keptIds.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const hourMs = 3_600_000;
const key = 'kept#thread-of-u-1';

let world: World;
let kept: KeptIds;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  kept = new KeptIds(new LedgerTable(world.clients.dynamodb, await world.newTable()));
});

describe('what a trigger keeps for a key', () => {
  it('is made by one run, however many ask at once, and known to all when it is made', async () => {
    const asked = await Promise.all(
      Array.from({ length: 30 }, (_none, index) => kept.take(key, `run-${index}`, nowMs)),
    );
    expect(asked.filter(({ kind }) => kind === 'mine')).toHaveLength(1);
    expect(asked.filter(({ kind }) => kind === 'pending')).toHaveLength(29);
    await kept.keep(key, 'thread-1', nowMs);
    expect(await kept.take(key, 'run-7', nowMs)).toEqual({ kind: 'known', id: 'thread-1' });
  });

  it('is still for the same run to make when it comes back', async () => {
    await kept.take(key, 'a', nowMs);
    expect(await kept.take(key, 'a', nowMs + 60_000)).toEqual({ kind: 'mine' });
  });

  it('is for another run to make when nothing was heard of the first one for an hour', async () => {
    await kept.take(key, 'a', nowMs);
    expect(await kept.take(key, 'b', nowMs + hourMs - 1)).toEqual({ kind: 'pending' });
    expect(await kept.take(key, 'b', nowMs + hourMs)).toEqual({ kind: 'mine' });
  });

  it('is for another run to make when the first one has given up, but not when it was made', async () => {
    await kept.take(key, 'a', nowMs);
    await kept.release(key, 'b');
    expect(await kept.take(key, 'b', nowMs)).toEqual({ kind: 'pending' });
    await kept.release(key, 'a');
    expect(await kept.take(key, 'b', nowMs)).toEqual({ kind: 'mine' });
    await kept.keep(key, 'thread-1', nowMs);
    await kept.release(key, 'b');
    expect(await kept.take(key, 'c', nowMs)).toMatchObject({ kind: 'known' });
  });

  it('stays what was kept first, and is forgotten only as that', async () => {
    await kept.keep(key, 'thread-1', nowMs);
    await kept.keep(key, 'thread-2', nowMs);
    await kept.forget(key, 'thread-2');
    expect(await kept.take(key, 'a', nowMs)).toEqual({ kind: 'known', id: 'thread-1' });
    await kept.forget(key, 'thread-1');
    expect(await kept.take(key, 'a', nowMs)).toEqual({ kind: 'mine' });
  });
});
