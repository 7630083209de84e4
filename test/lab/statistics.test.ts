import { describe, expect, it } from 'vitest';
import { mean, median, percentile, sum } from '../../lab/statistics.ts';

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
    [[7], 7],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('the median of nothing does not exist', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_none, index) => 100 - index);

  it.each([
    [hundred, 50, 50],
    [hundred, 99, 99],
    [hundred, 100, 100],
    [hundred, 0.5, 1],
    [[3, 1, 2], 50, 2],
    [[3, 1, 2], 99, 3],
    [[10, 9, 100], 1, 9],
    [[7], 99, 7],
  ])('a percentile of %j at %d %% is %d, one of the values', (values, percent, expected) => {
    expect(percentile(values, percent)).toBe(expected);
  });

  it('a percentile of nothing, at 0 % or above 100 % does not exist', () => {
    expect(() => percentile([], 50)).toThrow('no values');
    expect(() => percentile([1], 0)).toThrow('percentile 0');
    expect(() => percentile([1], 101)).toThrow('percentile 101');
  });
});

describe('the sum', () => {
  it('the sum of nothing is 0', () => {
    expect(sum([1, 2, 6])).toBe(9);
    expect(sum([])).toBe(0);
  });
});

describe('the mean', () => {
  it('the mean is the sum divided by the number of values', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(() => mean([])).toThrow(RangeError);
  });
});
