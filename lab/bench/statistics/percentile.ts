/**
 * The smallest value that at least `percent` percent of the values do not exceed (nearest rank): always one that was
 * measured, never a mean of two.
 *
 * @throws RangeError when there is no value, or for a percentage that is not above 0 and at most 100
 */
export function percentile(values: readonly number[], percent: number): number {
  if (!(percent > 0 && percent <= 100)) {
    throw new RangeError(`There is no percentile ${percent}: give one above 0, at most 100`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) {
    throw new RangeError('There is no percentile of no values');
  }
  return value;
}
