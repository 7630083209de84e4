import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { Usage } from '../../functions/ledger/usage.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

let world: World;
let table: string;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
});

describe("the account's usage", () => {
  const usage = (): Usage => new Usage(new LedgerTable(world.clients.dynamodb, table));
  const read = { creditsRemaining: 10, creditsIncluded: 500, autoRecharge: false };

  it('one environment reads the usage every five minutes', async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => usage().claimReading(nowMs)));
    expect(all.filter(Boolean)).toHaveLength(1);
    await usage().write(read, nowMs);
    expect(await usage().claimReading(nowMs + 299_999)).toBe(false);
    expect(await usage().claimReading(nowMs + 300_000)).toBe(true);
  });

  it('another environment reads the usage when the first one did not come back', async () => {
    await usage().claimReading(nowMs);
    expect(await usage().claimReading(nowMs + 29_999)).toBe(false);
    expect(await usage().claimReading(nowMs + 30_000)).toBe(true);
  });

  it('the usage is read before its time when Mavera has said that the credits are gone', async () => {
    await usage().claimReading(nowMs - 1);
    await usage().write(read, nowMs);
    await usage().outdate();
    expect(await usage().claimReading(nowMs + 1)).toBe(true);
  });
});
