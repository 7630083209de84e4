import * as z from 'zod/mini';

/** No call costs more; what says so is no number of credits. */
const maxCredits = 1_000_000;

/** Credits as Mavera reports them; absent where it does not, or reports what cannot be. */
export const creditsField = z.transform((value): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= maxCredits ? value : undefined,
);
