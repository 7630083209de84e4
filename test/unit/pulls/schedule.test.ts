import { describe, expect, it } from 'vitest';
import { type Every, problemOfEvery } from '../../../functions/pulls/schedule.ts';

const timeZone = 'Europe/Berlin';

describe('how often a pull starts', () => {
  it.each(['7d', '1d', '90m', '1.5h', '48h', '3600s', '365d'])('may be %s', (every) => {
    expect(problemOfEvery(every)).toBeUndefined();
  });

  it('may be times of a calendar in a time zone', () => {
    expect(problemOfEvery({ cron: '0 9 ? * MON *', timeZone } satisfies Every)).toBeUndefined();
  });

  it.each([
    '0/15 * * * ? *',
    '0 9,17 1,15 * ? *',
    '0 10 ? * 6L 2026-2028',
    '0 8 LW * ? *',
    '30 6 ? JAN-MAR,oct 2#1 *',
    '0 0 15W * ? *',
    '0 9 29 FEB ? *',
    '0 9 29-31 2,3 ? *',
    '0 9 31 NOV-FEB ? *',
    '0 9 30/1 1/1 ? 2027',
    '0 9 ? 2 2#5 2044',
    '0 9 31 */2 ? *',
  ])('takes the cron expression %s', (cron) => {
    expect(problemOfEvery({ cron, timeZone })).toBeUndefined();
  });

  it.each([
    ['0 9 * * MON', 'expected six fields, such as 0 9 ? * MON *'],
    ['0 9 * * * *', 'expected ? for either the day of the month or the day of the week'],
    ['60 9 ? * MON *', 'the minutes cannot be read'],
    ['0 24 ? * MON *', 'the hours cannot be read'],
    ['0 9 32 * ? *', 'the day of the month cannot be read'],
    ['0 9 ? 13 MON *', 'the month cannot be read'],
    ['0 9 ? * MOO *', 'the day of the week cannot be read'],
    ['0 9 ? * MON 1969', 'the year cannot be read'],
    ['0 9/0 ? * MON *', 'the hours cannot be read'],
    ['0 9/2/2 ? * MON *', 'the hours cannot be read'],
    ['0 1-2-3 ? * MON *', 'the hours cannot be read'],
    ['0 9 31 2 ? *', 'there is no such date'],
    ['0 9 30,31 FEB ? *', 'there is no such date'],
    ['0 9 31W 4,6,9,11 ? *', 'there is no such date'],
    ['0 9 29 2 ? 2026-2027', 'there is no such date'],
    ['0 9 ? 2 2#5 2027', 'there is no such date'],
  ])('refuses the cron expression %s', (cron, problem) => {
    expect(problemOfEvery({ cron, timeZone })).toBe(`every.cron: ${problem}, got "${cron}"`);
  });

  it.each([
    [undefined, /^every: missing/],
    ['30s', /^every: expected whole minutes/],
    ['90.5s', /^every: expected whole minutes/],
    ['366d', /^every: expected whole minutes/],
    [7, /^every: expected whole minutes/],
    [{ cron: '0 9 ? * MON *' }, /^every.timeZone: expected an IANA time zone/],
    [{ cron: '0 9 ? * MON *', timeZone: 'Mars/Olympus' }, /^every.timeZone: expected an IANA time zone/],
    [{ cron: '0 9 ? * MON *', timeZone: '+01:00' }, /^every.timeZone: expected an IANA time zone/],
    [{ cron: '0 9 ? * MON *', timeZone, zone: 1 }, /^every.zone: there is no such field/],
  ])('refuses %j', (every, problem) => {
    expect(problemOfEvery(every)).toMatch(problem);
  });
});
