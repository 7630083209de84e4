import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDue, pullSchedule } from '../../../functions/pulls/pullSchedule.ts';
import { type Every, problemOfEvery } from '../../../functions/pulls/schedule.ts';
import type { Duration } from '../../../functions/triggers/duration.ts';
import { parseDuration } from '../../../functions/triggers/duration.ts';

const minuteMs = 60_000;
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Whether EventBridge Scheduler starts at a time, for the expressions that pulls have: `*`, numbers, steps, weekdays. */
function starts(cron: string, atMs: number): boolean {
  const [minutes = '', hours = '', , , weekday = ''] = /^cron\((.*)\)$/.exec(cron)?.[1]?.split(' ') ?? [];
  const at = new Date(atMs);
  const fits = (field: string, value: number): boolean => {
    const [first = '', step] = field.split('/');
    return (
      field === '*' ||
      (step === undefined
        ? value === Number(first)
        : value >= Number(first) && (value - Number(first)) % Number(step) === 0)
    );
  };
  return (
    fits(minutes, at.getUTCMinutes()) &&
    fits(hours, at.getUTCHours()) &&
    (['?', '*'].includes(weekday) || weekdays[at.getUTCDay()] === weekday)
  );
}

/** When a pull starts, in minutes since the epoch. */
function startTimes(name: string, every: Duration, fromMinute: number, minutes: number): readonly number[] {
  const { cron, timeZone } = pullSchedule(name, every);
  expect(timeZone).toBe('UTC');
  return Array.from({ length: minutes }, (_, index) => fromMinute + index).filter(
    (minute) =>
      starts(cron, minute * minuteMs) && isDue(name, every, new Date(minute * minuteMs).toISOString()),
  );
}

const names = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
/** From 1970 to 2100. */
const someMinute = fc.integer({ min: 0, max: 68_000_000 });

describe('the schedule of a pull', () => {
  it('starts it once in each period, whatever the period is', () => {
    const periods = fc.oneof(
      fc.integer({ min: 1, max: 180 }).map((count) => ({ every: `${count}m`, minutes: count })),
      fc.integer({ min: 1, max: 50 }).map((count) => ({ every: `${count}h`, minutes: count * 60 })),
      fc.integer({ min: 1, max: 30 }).map((count) => ({ every: `${count}d`, minutes: count * 1_440 })),
    );
    fc.assert(
      fc.property(names, periods, someMinute, (name, { every, minutes }, from) => {
        const times = startTimes(name, every as Duration, from, 2 * minutes);
        expect(times).toHaveLength(2);
        expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(minutes);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['7d', 'cron(4 7 ? * MON *)'],
    ['1d', 'cron(4 7 * * ? *)'],
    ['6h', 'cron(4 1/6 * * ? *)'],
    ['1h', 'cron(4 * * * ? *)'],
    ['15m', 'cron(4/15 * * * ? *)'],
    ['1m', 'cron(* * * * ? *)'],
  ] as const)('is one expression where cron can say it: %s', (every, cron) => {
    const schedule = pullSchedule('audience-persona', every);
    expect(problemOfEvery(every)).toBeUndefined();
    expect(schedule).toEqual({ cron: expect.any(String), timeZone: 'UTC', text: `${schedule.cron} UTC` });
    expect(schedule.cron).toBe(cron);
  });

  it.each([
    ['10d', 1_440],
    ['14d', 10_080],
    ['36h', 720],
    ['5h', 60],
    ['45m', 15],
    ['7m', 1],
  ] as const)('starts more often where cron cannot say %s, and as seldom as it can', (every, minutes) => {
    const { cron, text } = pullSchedule('audience-persona', every);
    expect(text).toBe(`${cron} UTC, every ${every}`);
    const period = (parseDuration(every) ?? 0) / minuteMs;
    const all = Array.from({ length: period }, (_, minute) => minute * minuteMs);
    expect(all.filter((atMs) => starts(cron, atMs))).toHaveLength(period / minutes);
  });

  it('is the same however often it is made, and spreads pulls over their period', () => {
    const of = (name: string): string => pullSchedule(name, '1d').cron;
    expect(of('one')).toBe(of('one'));
    expect(new Set(Array.from({ length: 50 }, (_, index) => of(`pull-${index}`))).size).toBeGreaterThan(40);
  });

  it('is a calendar as it is given, which is due each time', () => {
    const every: Every = { cron: '0 9 ? * MON *', timeZone: 'Europe/Berlin' };
    expect(pullSchedule('weekly', every)).toEqual({
      cron: 'cron(0 9 ? * MON *)',
      timeZone: 'Europe/Berlin',
      text: 'cron(0 9 ? * MON *) Europe/Berlin',
    });
    expect(isDue('weekly', every, '2026-11-30T08:00:00Z')).toBe(true);
  });

  it('does not matter to what somebody has started', () => {
    expect(isDue('pull', '10d', '2026-11-30T08:00:00.000Z-by-hand')).toBe(true);
  });
});
