import { describe, expect, it } from 'vitest';
import { pacing } from '../../../lab/simulation/measures/pacing.ts';

const minuteMs = 60_000;

/** One call each second for some minutes, without those of one minute. */
function callsWithout(minutes: number, missing?: number): readonly number[] {
  const all = Array.from({ length: minutes * 60 }, (_none, second) => second * 1000);
  return all.filter((atMs) => Math.floor(atMs / minuteMs) !== missing);
}

describe('the share of a rate limit that is used', () => {
  it('is whole when there is a call for each slot', () => {
    expect(pacing(callsWithout(30), 60, 0, 30 * minuteMs)).toEqual({ worst: 1, mean: 1 });
  });

  it('is that of the worst ten minutes, which a pause of a minute leaves a tenth less', () => {
    const { worst, mean } = pacing(callsWithout(30, 15), 60, 0, 30 * minuteMs);
    expect(worst).toBeCloseTo(0.9);
    expect(mean).toBeGreaterThan(worst);
  });

  it('needs ten minutes', () => {
    expect(() => pacing([], 60, 0, 9 * minuteMs)).toThrow('There are no ten minutes within 9 minutes');
  });
});
