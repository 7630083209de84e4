import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { Pace, type SlotOutcome } from '../../functions/ledger/pace.ts';
import { startWorld, type World } from './world.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const intervalMs = 100;
const horizonMs = 60_000;

let world: World;
let pace: Pace;

beforeAll(async () => {
  world = await startWorld();
  pace = new Pace(new LedgerTable(world.clients.dynamodb, world.table));
});

afterAll(() => world.stop());

beforeEach(() => world.forget('pace#mavera'));

function reserve(atMs = nowMs): Promise<SlotOutcome> {
  return pace.takeSlot({ nowMs: atMs, intervalMs, horizonMs });
}

describe('the pace', () => {
  it('an idle account gets a slot at once, and the next one an interval later', async () => {
    expect(await reserve()).toEqual({ kind: 'reserved', slotAtMs: nowMs });
    expect(await reserve()).toEqual({ kind: 'reserved', slotAtMs: nowMs + 100 });
    expect(await reserve(nowMs + 50)).toEqual({ kind: 'reserved', slotAtMs: nowMs + 200 });
  });

  it('unused slots are not saved up', async () => {
    await reserve();
    expect(await reserve(nowMs + 3_600_000)).toEqual({ kind: 'reserved', slotAtMs: nowMs + 3_600_000 });
    expect(await reserve(nowMs + 3_600_000)).toEqual({ kind: 'reserved', slotAtMs: nowMs + 3_600_100 });
  });

  it('two environments never get the same slot', async () => {
    const all = await Promise.all(Array.from({ length: 200 }, (_, index) => reserve(nowMs + (index % 7))));
    const slots = all
      .map((one) => (one.kind === 'reserved' ? one.slotAtMs : Number.NaN))
      .sort((a, b) => a - b);
    const gaps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? Number.NaN));
    expect(gaps).toHaveLength(199);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(intervalMs);
  });

  it('no slot beyond the horizon is reserved, and the answer says when to ask again', async () => {
    await pace.holdUntil(nowMs + horizonMs + 5_000);
    expect(await reserve()).toEqual({ kind: 'full', askAgainAtMs: nowMs + 5_000 });
    expect(await reserve(nowMs + 5_000)).toEqual({ kind: 'reserved', slotAtMs: nowMs + horizonMs + 5_000 });
  });

  it('a retry-after hold moves the next slot back, and a shorter hold does not move it forward', async () => {
    await pace.holdUntil(nowMs + 30_000);
    await pace.holdUntil(nowMs + 10_000);
    expect(await reserve()).toEqual({ kind: 'reserved', slotAtMs: nowMs + 30_000 });
  });
});

describe('a block of slots', () => {
  function take(count: number, atMs = nowMs): Promise<readonly number[]> {
    return pace.takeSlots({ count, nowMs: atMs, intervalMs, horizonMs });
  }

  function slots(fromMs: number, count: number): readonly number[] {
    return Array.from({ length: count }, (_none, index) => fromMs + index * intervalMs);
  }

  it('a block follows the slots that were taken before, and the next slot follows the block', async () => {
    expect(await take(10)).toEqual(slots(nowMs, 10));
    expect(await reserve()).toEqual({ kind: 'reserved', slotAtMs: nowMs + 1_000 });
    expect(await take(3)).toEqual(slots(nowMs + 1_100, 3));
  });

  it('a block of an idle account starts now', async () => {
    await take(10);
    expect(await take(2, nowMs + 3_600_000)).toEqual(slots(nowMs + 3_600_000, 2));
  });

  it('a block has fewer slots where the horizon is near, and none beyond it', async () => {
    await pace.holdUntil(nowMs + horizonMs - 250);
    expect(await take(10)).toEqual(slots(nowMs + horizonMs - 250, 3));
    expect(await take(10)).toEqual([]);
    expect(await reserve()).toEqual({ kind: 'full', askAgainAtMs: nowMs + 50 });
  });

  it('a block is not longer than the horizon of an idle account', async () => {
    expect(await take(1_000)).toEqual(slots(nowMs, 601));
    expect(await take(1)).toEqual([]);
  });

  it('a block of no slots takes none', async () => {
    expect(await take(0)).toEqual([]);
    expect(await world.item('pace#mavera')).toBeUndefined();
  });

  it('a block starts after a retry-after hold', async () => {
    await pace.holdUntil(nowMs + 30_000);
    expect(await take(2)).toEqual(slots(nowMs + 30_000, 2));
  });
});

describe('a slot after a backoff', () => {
  const take = (fromMs: number, untilMs: number): Promise<number | undefined> =>
    pace.takeSlotBetween(nowMs + fromMs, nowMs + untilMs, intervalMs);

  it('is the next free one, if it lies between the two moments', async () => {
    await pace.holdUntil(nowMs + 30_000);
    expect(await take(30_000, 60_000)).toBe(nowMs + 30_000);
    expect(await take(10_000, 30_100)).toBe(nowMs + 30_100);
    expect(await reserve()).toEqual({ kind: 'reserved', slotAtMs: nowMs + 30_200 });
  });

  it.each([
    ['before the backoff ends', 30_001, 60_000],
    ['too far ahead', 10_000, 29_999],
  ])('is not taken where the next free one is %s', async (_case, fromMs, untilMs) => {
    await pace.holdUntil(nowMs + 30_000);
    expect(await take(fromMs, untilMs)).toBeUndefined();
    expect(await reserve()).toEqual({ kind: 'reserved', slotAtMs: nowMs + 30_000 });
  });

  it('is not taken from an idle account, which has one when the run comes back', async () => {
    expect(await take(10_000, 60_000)).toBeUndefined();
  });
});
