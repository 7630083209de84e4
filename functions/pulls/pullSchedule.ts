import { createHash } from 'node:crypto';
import { parseDuration } from '../triggers/duration.ts';
import type { Every } from './schedule.ts';

/** When the occurrences of a pull start. */
export interface PullSchedule {
  /** For EventBridge Scheduler. */
  readonly cron: string;
  readonly timeZone: string;
  /** For people. @example 'cron(17 3 * * ? *) UTC' or 'cron(17 3 * * ? *) UTC, every 10d' */
  readonly text: string;
}

const minuteMs = 60_000;
const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;

/** Times that cron can say, in minutes: those that divide an hour, a day, or a week. The longest first. */
const calendarMinutes: readonly number[] = [
  weekMinutes,
  dayMinutes,
  ...[12, 8, 6, 4, 3, 2, 1].map((hours) => hours * 60),
  ...[30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1],
];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
/** The first day of the epoch was a Thursday. */
const epochWeekday = 4;

/**
 * The schedule of a pull. It is always a cron expression, and depends on nothing but name and `every`: so a deployment starts
 * no pull and delays none. A rate without a start date would start with the deployment, and EventBridge Scheduler refuses a
 * start date that has passed. Pulls that start equally often are spread over their period by a hash of the name.
 *
 * What cron cannot say, such as 10 days, is started more often; {@link isDue} passes over what is not wanted.
 *
 * Source: Amazon EventBridge Scheduler user guide, "Schedule types"; API reference, `CreateSchedule`.
 */
export function pullSchedule(name: string, every: Every): PullSchedule {
  if (typeof every !== 'string') {
    const { cron, timeZone } = every;
    return { cron: `cron(${cron})`, timeZone, text: `cron(${cron}) ${timeZone}` };
  }
  const { startsEvery, phase, period } = rhythmOf(name, every);
  const cron = `cron(${cronFields(startsEvery, phase % startsEvery)})`;
  const isFiltered = startsEvery !== period;
  return { cron, timeZone: 'UTC', text: `${cron} UTC${isFiltered ? `, every ${every}` : ''}` };
}

/**
 * Whether an occurrence is one of the pull's, and not one that only its cron expression starts.
 *
 * @param occurrence the time that the schedule stands for; what somebody has started is always due
 */
export function isDue(name: string, every: Every, occurrence: string): boolean {
  const atMs = Date.parse(occurrence);
  if (typeof every !== 'string' || Number.isNaN(atMs)) {
    return true;
  }
  const { startsEvery, phase, period } = rhythmOf(name, every);
  return startsEvery === period || Math.floor(atMs / minuteMs) % period === phase;
}

/** All in minutes. */
interface Rhythm {
  readonly period: number;
  /** How often the schedule starts: the longest time that cron can say and that divides the period. */
  readonly startsEvery: number;
  /** After which part of a period occurrences start, counted from the epoch. */
  readonly phase: number;
}

function rhythmOf(name: string, every: string): Rhythm {
  const period = Math.max(1, (parseDuration(every) ?? 0) / minuteMs);
  const startsEvery = calendarMinutes.find((minutes) => period % minutes === 0) ?? 1;
  const phase = createHash('sha256').update(name).digest().readUIntBE(0, 6) % period;
  return { period, startsEvery, phase };
}

/** @param phase minutes, below `startsEvery` */
function cronFields(startsEvery: number, phase: number): string {
  const minute = phase % 60;
  const hour = Math.floor((phase % dayMinutes) / 60);
  if (startsEvery === weekMinutes) {
    const weekday = weekdays[(epochWeekday + Math.floor(phase / dayMinutes)) % 7];
    return `${minute} ${hour} ? * ${weekday} *`;
  }
  if (startsEvery >= 60) {
    const hours = startsEvery === dayMinutes ? `${hour}` : stepped(hour, startsEvery / 60);
    return `${minute} ${hours} * * ? *`;
  }
  return `${stepped(minute, startsEvery)} * * * ? *`;
}

/** @example '3/12', every 12 from 3 on */
function stepped(first: number, step: number): string {
  return step === 1 ? '*' : `${first}/${step}`;
}
