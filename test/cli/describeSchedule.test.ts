import { describe, expect, it } from 'vitest';
import { describeSchedule } from '../../cli/schedule/describeSchedule.ts';

describe('a schedule in words', () => {
  it.each([
    ['cron(17 3 * * ? *) UTC, every 10d', 'every 10 days at 03:17 (UTC)'],
    ['cron(7/30 * * * ? *) UTC, every 90m', 'every 90 minutes (UTC)'],
    ['cron(7 * * * ? *) UTC, every 7h', 'every 7 hours (UTC)'],
    ['cron(17 3 ? * TUE *) UTC', 'each Tuesday at 03:17 (UTC)'],
    ['cron(0 9 ? * MON-FRI *) Europe/Berlin', 'Monday to Friday at 09:00 (Europe/Berlin)'],
    ['cron(0 9 ? * 2,4 *) UTC', 'each Monday and Wednesday at 09:00 (UTC)'],
    ['cron(5 4 * * ? *) UTC', 'each day at 04:05 (UTC)'],
    ['cron(5 4 ? * * *) UTC', 'each day at 04:05 (UTC)'],
    ['cron(17 3/6 ? * * *) UTC', 'each day at 03:17, 09:17, 15:17 and 21:17 (UTC)'],
    ['cron(42 * ? * * *) UTC', 'each hour at minute 42 (UTC)'],
    ['cron(7/15 * ? * * *) UTC', 'every 15 minutes (UTC)'],
    ['cron(0/1 * * * ? *) UTC', 'every minute (UTC)'],
    ['cron(0 6 1 * ? *) UTC', 'on day 1 of each month at 06:00 (UTC)'],
    ['cron(0 6 L * ? *) UTC', 'on the last day of each month at 06:00 (UTC)'],
  ])('%s is %s', (schedule, words) => {
    expect(describeSchedule(schedule)).toBe(words);
  });

  it.each([
    'cron(0 9 ? * MON#1 *) UTC',
    'cron(0 9 ? JAN MON *) UTC',
    'cron(0 9 1W * ? *) UTC',
    'cron(0,10,25 * ? * * *) UTC',
    'cron(*/5 8-18 ? * * *) UTC',
    'rate(7 days)',
    'at(2026-11-20T12:00:00)',
    'something else',
  ])('%s has no short sentence, and stays as it is', (schedule) => {
    expect(describeSchedule(schedule)).toBe(schedule);
  });
});
