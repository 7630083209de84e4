import { describe, expect, it } from 'vitest';
import { followDurations } from '../../../functions/dispatch/meanDurations.ts';

const typical = (): number => 20_000;

function follow(
  before: Parameters<typeof followDurations>[0],
  calls: number,
  totalMs: number,
): ReturnType<typeof followDurations> {
  return followDurations(before, new Map([['askMave', { calls, totalMs }]]), typical);
}

describe('the mean duration of calls', () => {
  it('is the typical one until a call has ended', () => {
    expect(follow({}, 0, 0)).toEqual({ askMave: { calls: 0, totalMs: 0, meanMs: 20_000 } });
  });

  it('follows each call by a twentieth', () => {
    expect(follow({}, 1, 40_000).askMave?.meanMs).toBe(21_000);
  });

  it('is that of the last calls after twenty or more of them', () => {
    const slow = follow({}, 30, 30 * 50_000);
    expect(slow.askMave?.meanMs).toBe(50_000);
    expect(follow(slow, 50, 30 * 50_000 + 20 * 5_000).askMave?.meanMs).toBe(5_000);
  });

  it('stays while no further call ends', () => {
    const before = follow({}, 10, 300_000);
    expect(follow(before, 10, 300_000)).toEqual(before);
  });

  it('begins again when the counters do, as in a new table', () => {
    const before = { askMave: { calls: 100, totalMs: 900_000, meanMs: 9_000 } };
    expect(follow(before, 2, 10_000).askMave).toEqual({ calls: 2, totalMs: 10_000, meanMs: 9_000 });
  });
});
