/** So many successes of so many trials. */
export interface Proportion {
  readonly successes: number;
  readonly trials: number;
}

/**
 * The two-sided p-value of the z-test for two proportions, with the pooled variance: how likely a difference as large as this
 * one is, or a larger one, if there is none. 1 where nothing can be said.
 */
export function twoProportionPValue(one: Proportion, other: Proportion): number {
  const pooled = (one.successes + other.successes) / (one.trials + other.trials);
  const variance = pooled * (1 - pooled) * (1 / one.trials + 1 / other.trials);
  const difference = one.successes / one.trials - other.successes / other.trials;
  return variance > 0 ? erfc(Math.abs(difference) / Math.sqrt(2 * variance)) : 1;
}

/**
 * The complementary error function for x ≥ 0, with a relative error below 1.2e-7.
 * Source: "Numerical Recipes", erfcc.
 */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const series = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return t * Math.exp(-x * x + series);
}
