import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../../../functions/ledger/runItem.ts';
import { waitToAskAgain } from '../../../../functions/run/gates/maveraGates.ts';

const waited = (times?: number, reason = 'concurrency'): HistoryEntry => ({
  atMs: 1,
  what: 'waits',
  reason,
  times,
});

/** The longest that a run with this history waits before it asks again whether the concurrency cap has room. */
const longest = (history: readonly HistoryEntry[]): number =>
  waitToAskAgain('concurrency', history, 0, () => 1).untilMs;

describe('after how long a run asks again', () => {
  it('a run asks again after twice as long each time in a row, from 10 s to 5 minutes', () => {
    expect(longest([])).toBe(10_000);
    expect([undefined, 1, 2, 3, 4, 5, 6, 1_000].map((times) => longest([waited(times)]))).toEqual([
      20_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000,
    ]);
  });

  it('the wait starts at 10 s again when the run last waited for something else or has done something since', () => {
    expect(longest([waited(5), waited(1, 'pace')])).toBe(10_000);
    expect(longest([waited(5), { atMs: 2, what: 'calls' }])).toBe(10_000);
    expect(longest([{ atMs: 2, what: 'failed', reason: 'concurrency', times: 5 }])).toBe(10_000);
  });

  it('the wait is random between half and all of its length, so that not all runs ask at once', () => {
    const drawn = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(20), drawn, (times, random) => {
        const history = [waited(times)];
        const afterMs = waitToAskAgain('concurrency', history, 0, () => random).untilMs;
        expect(afterMs).toBeGreaterThanOrEqual(longest(history) / 2);
        expect(afterMs).toBeLessThanOrEqual(longest(history));
      }),
    );
  });
});
