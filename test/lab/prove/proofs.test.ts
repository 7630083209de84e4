import { describe, expect, it } from 'vitest';
import { crashes } from '../../../lab/prove/crashes/crashes.ts';
import { soak } from '../../../lab/prove/soak/soak.ts';

// The model, the backlogs, the floods and the fuzzing have their own tests.
describe('the proofs', () => {
  it.each([crashes, soak])(
    'hold in the short form of $name',
    async (proof) => {
      const { failures, counts } = await proof.run({ progress: () => undefined, isShort: true, seed: 1 });
      expect(failures).toEqual([]);
      const { lost, twice, 'not finished': unfinished, ...tried } = counts;
      expect([lost, twice, unfinished]).toEqual([0, 0, 0]);
      expect(Object.values(tried).every((count) => count > 0)).toBe(true);
    },
    1_800_000,
  );
});
