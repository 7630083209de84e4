import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Cooldowns } from '../../functions/ledger/cooldowns.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;
const key = 'cooldown#u-1';

let world: World;
let table: string;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
});

describe('a cooldown', () => {
  const cooldowns = (): Cooldowns => new Cooldowns(new LedgerTable(world.clients.dynamodb, table));

  it('one run begins a cooldown however many ask at once, and the others learn which', async () => {
    const all = await Promise.all(
      Array.from({ length: 30 }, (_none, index) => cooldowns().claim(key, `run-${index}`, nowMs, dayMs)),
    );
    expect(all.filter(({ kind }) => kind === 'mine')).toHaveLength(1);
    expect(all.find(({ kind }) => kind === 'cooling')).toEqual({
      kind: 'cooling',
      untilMs: nowMs + dayMs,
      runId: expect.stringMatching(/^run-\d+$/),
    });
  });

  it('a cooldown is prolonged by its own run, also when that comes back late', async () => {
    await cooldowns().claim(key, 'a', nowMs, dayMs);
    await cooldowns().claim(key, 'a', nowMs + 1_000, dayMs);
    expect(await cooldowns().claim(key, 'b', nowMs + dayMs, dayMs)).toMatchObject({ kind: 'cooling' });
    expect(await cooldowns().claim(key, 'b', nowMs + dayMs + 1_000, dayMs)).toEqual({ kind: 'mine' });
  });

  it('a cooldown ends exactly at its time, although DynamoDB deletes it hours later', async () => {
    await cooldowns().claim(key, 'a', nowMs + 1, dayMs);
    const { untilMs, expiresAt } = (await world.item(key, table)) ?? {};
    expect(Number(expiresAt) * 1000).toBeGreaterThanOrEqual(Number(untilMs));
    expect(await cooldowns().claim(key, 'b', nowMs + dayMs, dayMs)).toMatchObject({ runId: 'a' });
    expect(await cooldowns().claim(key, 'b', nowMs + dayMs + 1, dayMs)).toEqual({ kind: 'mine' });
  });

  it('only its own run ends a cooldown early', async () => {
    await cooldowns().claim(key, 'a', nowMs, dayMs);
    await cooldowns().release(key, 'b');
    expect(await cooldowns().claim(key, 'b', nowMs, dayMs)).toMatchObject({ kind: 'cooling' });
    await cooldowns().release(key, 'a');
    expect(await cooldowns().claim(key, 'b', nowMs, dayMs)).toEqual({ kind: 'mine' });
  });
});
