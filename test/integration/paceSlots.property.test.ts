import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { Pace, type PaceOptions } from '../../functions/ledger/pace.ts';
import { startWorld, type World } from './world.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
/** A number has no more digits at this time. */
const roundingMs = 0.001;

let world: World;
let pace: Pace;

beforeAll(async () => {
  world = await startWorld();
  pace = new Pace(new LedgerTable(world.clients.dynamodb, world.table));
});

afterAll(() => world.stop());

/** How many slots a request wants; a request for one takes it alone. */
const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 20 });
const requestsPerMinute = fc.integer({ min: 1, max: 6_000 });
const horizonMs = fc.integer({ min: 0, max: 75_000 });

async function take(count: number, options: PaceOptions): Promise<readonly number[]> {
  if (count > 1) {
    return await pace.takeSlots({ count, ...options });
  }
  const slot = await pace.takeSlot(options);
  return slot.kind === 'reserved' ? [slot.slotAtMs] : [];
}

function expectOneIntervalApart(slots: readonly number[], intervalMs: number): void {
  const inOrder = slots.toSorted((a, b) => a - b);
  for (const [index, slot] of inOrder.slice(1).entries()) {
    expect(slot - (inOrder[index] ?? Number.NaN)).toBeGreaterThanOrEqual(intervalMs - roundingMs);
  }
}

describe('slots that are taken at the same time, singly and in blocks', () => {
  it('no two slots are closer than the interval, and none is in the past or beyond the horizon', async () => {
    const clocks = fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        counts,
        clocks,
        requestsPerMinute,
        horizonMs,
        async (wanted, skews, perMinute, ahead) => {
          await world.forget('pace#mavera');
          const intervalMs = 60_000 / (perMinute * 0.97);
          const taken = await Promise.all(
            wanted.map(async (count, index) => {
              const nowMs = startMs + (skews[index] ?? 0);
              const slots = await take(count, { nowMs, intervalMs, horizonMs: ahead });
              expect(slots.length).toBeLessThanOrEqual(count);
              expect(Math.min(nowMs, ...slots)).toBeGreaterThanOrEqual(nowMs - roundingMs);
              expect(Math.max(nowMs, ...slots)).toBeLessThanOrEqual(nowMs + ahead + roundingMs);
              return slots;
            }),
          );
          expectOneIntervalApart(taken.flat(), intervalMs);
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('all slots before the horizon are given out as long as they are wanted', async () => {
    const intervals = fc.integer({ min: 1, max: 5_000 });
    await fc.assert(
      fc.asyncProperty(counts, intervals, horizonMs, async (wanted, intervalMs, ahead) => {
        await world.forget('pace#mavera');
        const options = { nowMs: startMs, intervalMs, horizonMs: ahead };
        const taken = await Promise.all(wanted.map((count) => take(count, options)));
        const available = Math.floor(ahead / intervalMs) + 1;
        const total = wanted.reduce((sum, count) => sum + count, 0);
        const expected = Array.from({ length: Math.min(total, available) }, (_none, index) => {
          return startMs + index * intervalMs;
        });
        expect(taken.flat().toSorted((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
