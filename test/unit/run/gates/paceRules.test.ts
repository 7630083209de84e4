import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usedShareOfLimit } from '../../../../functions/ledger/pace.ts';
import { noDispatcher } from '../../../../functions/ledger/sharedState.ts';
import {
  horizonMs,
  intervalMsFor,
  slotToleranceMs,
  waitOnTheSpotMs,
} from '../../../../functions/run/gates/paceGate.ts';

const windowMs = 60_000;
/**
 * How far apart two calls may be late: one by the tolerance after its slot, and the rest for the network and for what
 * the clocks of the environments differ by.
 */
const latestMs = 1_850;

/** The most starts in any window of 60 s that begins with one of them; `startsMs` ascending. */
function mostInAWindow(startsMs: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, startMs] of startsMs.entries()) {
    while ((startsMs[first] ?? startMs) <= startMs - windowMs) {
      first += 1;
    }
    most = Math.max(most, index - first + 1);
  }
  return most;
}

describe('slots spaced evenly', () => {
  it("calls never exceed Mavera's limit in 60 seconds, even if each starts as late as it may", () => {
    const limit = fc.oneof(fc.constantFrom(60, 120, 240, 600), fc.integer({ min: 1, max: 600 }));
    const lateness = fc.infiniteStream(fc.double({ min: 0, max: latestMs, noNaN: true }));
    fc.assert(
      fc.property(limit, lateness, (requestsPerMinute, latenessMs) => {
        const intervalMs = intervalMsFor(requestsPerMinute);
        const startsMs = Array.from({ length: 3 * requestsPerMinute + 3 }, (_, slot) => {
          const { value } = latenessMs.next();
          return slot * intervalMs + value;
        });
        expect(mostInAWindow(startsMs.toSorted((a, b) => a - b))).toBeLessThanOrEqual(requestsPerMinute);
      }),
      { numRuns: 50 },
    );
  });

  it('calls keep within the limit even if one is as late as possible and all others are on time', () => {
    for (const requestsPerMinute of [1, 2, 10, 60, 120, 240, 600]) {
      const intervalMs = intervalMsFor(requestsPerMinute);
      const startsMs = [
        latestMs,
        ...Array.from({ length: 2 * requestsPerMinute }, (_, i) => (i + 1) * intervalMs),
      ];
      expect(mostInAWindow(startsMs.toSorted((a, b) => a - b))).toBeLessThanOrEqual(requestsPerMinute);
    }
  });

  it('slots use at least 95 % of the limit during a backlog', () => {
    expect(usedShareOfLimit).toBeGreaterThanOrEqual(0.95);
    for (const requestsPerMinute of [60, 120, 240, 600]) {
      const perHour = 3_600_000 / intervalMsFor(requestsPerMinute);
      expect(perHour).toBeGreaterThanOrEqual(0.95 * 60 * requestsPerMinute);
    }
  });
});

describe('the constants of the pace', () => {
  it('the slot tolerance leaves at least half a second of lateness for the network and the clocks', () => {
    expect(latestMs).toBeLessThan(windowMs / usedShareOfLimit - windowMs);
    expect(latestMs - slotToleranceMs).toBeGreaterThanOrEqual(500);
  });

  it('slots are given out 55 seconds ahead, and as far ahead as SQS can delay a message without a dispatcher', () => {
    expect(horizonMs({ ...noDispatcher, aliveAtMs: 1 }, 180_001)).toBe(55_000);
    expect(horizonMs({ ...noDispatcher, aliveAtMs: 1 }, 180_002)).toBe(900_000);
  });

  it('a delivery waits for its slot for at most 2 s, because the waiting time of Lambda is paid for', () => {
    expect(waitOnTheSpotMs).toBeLessThanOrEqual(2_000);
  });
});
