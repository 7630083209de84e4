import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IntakeShare } from '../../../functions/queue/runQueue.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');

function taken(share: IntakeShare, times: number, atMs: number, trigger = 'upgraded'): number {
  return Array.from({ length: times }, () => share.take(trigger, atMs)).filter(Boolean).length;
}

describe("a trigger's share of the intake queue", () => {
  it('is ten runs at once, and they are the first ones', () => {
    const share = new IntakeShare();
    const answers = Array.from({ length: 14 }, () => share.take('upgraded', nowMs));
    expect(answers).toEqual([...Array(10).fill(true), ...Array(4).fill(false)]);
  });

  it.each([
    [9_999, 0],
    [10_000, 1],
    [35_000, 3],
    [100_000, 10],
    [3_600_000, 10],
  ])('grows by one run every ten seconds, up to ten: after %i ms by %i', (elapsedMs, runs) => {
    const share = new IntakeShare();
    taken(share, 10, nowMs);
    expect(taken(share, 20, nowMs + elapsedMs)).toBe(runs);
  });

  it('does not shrink by runs that went to the bulk queue', () => {
    const share = new IntakeShare();
    taken(share, 10_000, nowMs);
    expect(taken(share, 10_000, nowMs + 10_000)).toBe(1);
  });

  it('is its own: other triggers take nothing of it', () => {
    const share = new IntakeShare();
    taken(share, 1_000, nowMs, 'large');
    expect(taken(share, 11, nowMs, 'small')).toBe(10);
  });

  it('is back within 100 seconds after the clock was set back', () => {
    const share = new IntakeShare();
    taken(share, 20, nowMs);
    expect(taken(share, 20, nowMs - 3_600_000)).toBe(0);
    expect(taken(share, 20, nowMs - 3_600_000 + 100_000)).toBe(10);
  });

  it('is that of a token bucket at any times', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(arrivals, (pausesMs) => {
        const share = new IntakeShare();
        let [atMs, leftMs] = [nowMs, 100_000];
        for (const pauseMs of pausesMs) {
          atMs += pauseMs;
          leftMs = Math.min(100_000, leftMs + pauseMs);
          const isEnough = leftMs >= 10_000;
          expect(share.take('upgraded', atMs)).toBe(isEnough);
          leftMs -= isEnough ? 10_000 : 0;
        }
      }),
    );
  });
});
