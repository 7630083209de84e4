import { describe, expect, it } from 'vitest';
import { pullCrashes } from '../../../lab/prove/crashes/pulls/pullCrashes.ts';

describe('the crash matrix of pulls', () => {
  it('holds in its short form', async () => {
    const result = await pullCrashes.run({ progress: () => undefined, isShort: true, seed: 1 });
    expect(result.failures).toEqual([]);
    const { lost, twice, 'not finished': unfinished, 'faults tried': faults = 0 } = result.counts;
    expect([lost, twice, unfinished]).toEqual([0, 0, 0]);
    expect(faults).toBeGreaterThan(4);
  }, 1_800_000);
});
