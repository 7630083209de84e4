import { describe, expect, it } from 'vitest';
import { parseSince } from '../../../cli/ops/options/since.ts';
import { parseTimeSpan } from '../../../cli/ops/options/timeSpan.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');

describe('--since', () => {
  it.each([
    ['30s', '2026-11-21T11:59:30Z'],
    ['90m', '2026-11-21T10:30:00Z'],
    ['24h', '2026-11-20T12:00:00Z'],
    ['7d', '2026-11-14T12:00:00Z'],
    ['2026-11-20', '2026-11-20T00:00:00Z'],
    ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00Z'],
    ['2026-11-20T08:00:00+02:00', '2026-11-20T06:00:00Z'],
  ])('takes %s', (text, expected) => {
    expect(parseSince(text, nowMs)).toBe(Date.parse(expected));
  });

  it.each(['', 'x', '90', '90w', '-1h', '1.5h', 'yesterday', '2026-13-01', '11/20/2026'])(
    'refuses "%s", saying what is expected',
    (text) => {
      expect(() => parseSince(text, nowMs)).toThrow('such as 90m, 24h or 7d, or an ISO time');
    },
  );

  it('refuses a future time, and one before anything is kept', () => {
    expect(() => parseSince('2026-11-22', nowMs)).toThrow('in the past');
    expect(() => parseSince('1970-01-01', nowMs)).toThrow('within the last 400 days');
  });
});

describe('--for', () => {
  it.each([
    ['90m', 5_400_000],
    ['4h', 14_400_000],
    ['7d', 604_800_000],
  ])('takes %s', (text, ms) => {
    expect(parseTimeSpan(text)).toBe(ms);
  });

  it.each(['', '0h', '4', '30s', '8d', '-1h', 'long'])('refuses "%s", saying what is expected', (text) => {
    expect(() => parseTimeSpan(text)).toThrow('such as 90m, 4h or 2d, of 7 days at most');
  });
});
