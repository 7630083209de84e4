import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../cli/formatTable.ts';
import { cut } from '../../../cli/ops/format/cut.ts';
import { duration } from '../../../cli/ops/format/duration.ts';
import { localTime } from '../../../cli/ops/format/localTime.ts';
import { formatProgress } from '../../../cli/ops/unpark/unparkProgress.ts';

describe('a length of time', () => {
  it.each([
    [-5, '0 s'],
    [400, '0 s'],
    [4_000, '4 s'],
    [59_600, '1 min'],
    [61_000, '1 min 1 s'],
    [12 * 60_000, '12 min'],
    [65 * 60_000, '1 h 5 min'],
    [24 * 3_600_000, '1 d'],
    [76 * 3_600_000 + 59_000, '3 d 4 h'],
  ])('of %d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('the progress of long work', () => {
  it('says how many runs are done, how fast, and how long the rest takes', () => {
    expect(formatProgress({ done: 120_000, total: 1_000_000, elapsedMs: 60_000 })).toBe(
      '120,000 of 1,000,000 runs put back, 2,000 a second, 7 min 20 s left',
    );
    expect(formatProgress({ done: 1_100, total: 1_000, elapsedMs: 1_000 })).toBe(
      '1,100 of 1,000 runs put back, 1,100 a second, 0 s left',
    );
    expect(formatProgress({ done: 0, total: 5, elapsedMs: 0 })).toBe('0 of 5 runs put back, 0 a second');
  });
});

describe('a moment', () => {
  it('is shown in the time zone of this machine', () => {
    const ms = new Date(2026, 10, 21, 9, 5, 7).getTime();
    expect(localTime(ms)).toBe('2026-11-21 09:05:07');
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell, with numbers to the right', () => {
    const columns = [{ heading: 'run' }, { heading: 'credits', align: 'right' }, { heading: 'why' }] as const;
    expect(
      formatTable(columns, [
        ['a1b2c3d4', '1,200', ''],
        ['b', '7', 'pace'],
      ]).split('\n'),
    ).toEqual(['run       credits  why', 'a1b2c3d4    1,200', 'b               7  pace']);
  });

  it('has no heading line if all headings are empty', () => {
    expect(formatTable([{ heading: '' }, { heading: '' }], [['a', 'b']])).toBe('a  b');
  });
});

describe('a cell', () => {
  it('is one line of at most so many characters, and splits no character', () => {
    expect(cut('two\n  lines', 20)).toBe('two lines');
    expect(cut('12345678', 5)).toBe('1234…');
    expect(cut('123😀5678', 5)).toBe('123…');
  });
});
