import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Duration, durationMs, parseDuration } from '../../../functions/triggers/duration.ts';

describe('a length of time', () => {
  it.each([
    ['1s', 1_000],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['1.5h', 5_400_000],
    ['1.25h', 4_500_000],
    ['0.5s', 500],
    ['007d', 604_800_000],
  ])('is a number of seconds, minutes, hours or days: %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(durationMs(text as Duration)).toBe(ms);
  });

  it('is as long as its number says, for every number', () => {
    const unit = fc.constantFrom(['s', 1_000], ['m', 60_000], ['h', 3_600_000], ['d', 86_400_000] as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), unit, (amount, [name, ms]) => {
        expect(parseDuration(`${amount}${name}`)).toBe(amount * Number(ms));
      }),
    );
  });

  it.each([
    '',
    's',
    '24',
    'h24',
    '24 h',
    ' 24h',
    '24h ',
    '24h\n',
    '24H',
    '-1h',
    '+1h',
    '.5h',
    '5.h',
    '1,5h',
    '1e3s',
    '0x10s',
    'Infinitys',
    '1h30m',
    '24hours',
    '1w',
    '0s',
    '0.0d',
    24,
    86_400_000,
    undefined,
    null,
    ['24h'],
    {},
  ])('is refused when it is written otherwise, or is 0: %j', (value) => {
    expect(parseDuration(value)).toBeUndefined();
  });

  it('is not guessed when a triggers file was never checked: the error shows the value', () => {
    expect(() => durationMs('1e3s')).toThrow(RangeError);
    expect(() => durationMs('1e3s')).toThrow('"1e3s" is not a duration such as 90s, 30m, 24h or 7d');
  });
});
