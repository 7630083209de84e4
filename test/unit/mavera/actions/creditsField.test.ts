import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { creditsField } from '../../../../functions/mavera/actions/creditsField.ts';

const answer = z.object({ credits: z.optional(creditsField) });

describe("the credits in an answer of Mavera's", () => {
  it.each([0, 1, 2.5, 1_000_000])('are read: %d', (credits) => {
    expect(answer.parse({ credits })).toEqual({ credits });
  });

  it.each([-1, -0.001, 1_000_000.5, 1e308, Number.POSITIVE_INFINITY, Number.NaN, '5', null, true, [5], {}])(
    'are absent, and the answer is not refused, where they cannot be: %j',
    (credits) => {
      expect(answer.parse({ credits }).credits).toBeUndefined();
    },
  );

  it('are absent where Mavera does not report them', () => {
    expect(answer.parse({}).credits).toBeUndefined();
  });
});
