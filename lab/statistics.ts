/** The sum; 0 for no values. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The arithmetic mean. @throws RangeError for no values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) {
    throw new RangeError('There is no mean of no values');
  }
  return sum(values) / values.length;
}

/** The middle value, or the mean of the two middle values. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) {
    throw new RangeError('There is no median of no values');
  }
  return (lower + upper) / 2;
}

/**
 * The smallest value that at least `percent` percent of the values do not exceed (nearest rank). It is always one of the
 * values, never a mean of two.
 *
 * @throws RangeError for no values, or for a percentage that is not above 0 and at most 100
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
