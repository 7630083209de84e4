import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentialBackoffMs } from '../../../functions/backoff/exponentialBackoffMs.ts';

const bounds = { firstMs: 30_000, longestMs: 900_000 };

describe('exponential backoff', () => {
  it('starts with the first wait, doubles each time, and stays at the longest', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6].map((times) => exponentialBackoffMs({ ...bounds, times }));
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
  });

  it('is the longest wait after any number of times, however large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: Number.MAX_SAFE_INTEGER }), (times) => {
        expect(exponentialBackoffMs({ ...bounds, times })).toBe(bounds.longestMs);
      }),
    );
  });
});
