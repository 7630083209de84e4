import { describe, expect, it } from 'vitest';
import { proofs } from '../../prove/proofs.ts';

describe('what is promised', () => {
  it.each(proofs)(
    'holds in the short form of $name',
    async (proof) => {
      const { failures, counts } = await proof.run({ progress: () => undefined, isShort: true, seed: 1 });
      expect(failures).toEqual([]);
      const { lost = 0, twice = 0, ...tried } = counts;
      expect([lost, twice]).toEqual([0, 0]);
      expect(Object.values(tried).every((count) => count > 0)).toBe(true);
    },
    240_000,
  );
});
