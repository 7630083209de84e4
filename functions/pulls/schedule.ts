import { type Duration, parseDuration } from '../triggers/duration.ts';
import { shown } from '../triggers/shown.ts';
import { problemOfCron } from './cron.ts';

/** Times of a calendar, as EventBridge Scheduler has them. */
export interface Calendar {
  /**
   * Six fields: minutes, hours, day of the month, month, day of the week, year. One of the two days is `?`.
   * @example '0 9 ? * MON *'
   */
  readonly cron: string;
  /** An IANA time zone, such as `Europe/Berlin`; daylight saving time is heeded. */
  readonly timeZone: string;
}

/** How often a pull starts: each so many minutes, hours or days, or at times of a calendar. */
export type Every = Duration | Calendar;

const minuteMs = 60_000;
const longestMs = 365 * 86_400_000;

/** What is wrong with an {@link Every}; `undefined` if nothing is. */
export function problemOfEvery(every: unknown): string | undefined {
  if (every === undefined) {
    return "every: missing; set how often the pull starts, such as '7d', or { cron, timeZone }";
  }
  if (typeof every === 'object' && every !== null) {
    return problemOfCalendar(every);
  }
  const ms = parseDuration(every);
  return ms !== undefined && ms % minuteMs === 0 && ms <= longestMs
    ? undefined
    : `every: expected whole minutes, hours or days, up to 365d, such as 30m, 6h or 7d, or { cron, timeZone }; got ${shown(every)}`;
}

function problemOfCalendar(calendar: object): string | undefined {
  const { cron, timeZone, ...others } = calendar as Partial<Record<keyof Calendar, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return `every.${unknown}: there is no such field; the fields are cron, timeZone`;
  }
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    return `every.timeZone: expected an IANA time zone, such as Europe/Berlin, got ${shown(timeZone)}`;
  }
  const problem = problemOfCron(cron);
  return problem === undefined ? undefined : `every.cron: ${problem}, got ${shown(cron)}`;
}

function isTimeZone(timeZone: string): boolean {
  // An offset such as +01:00 is a time zone to JavaScript, and not to EventBridge Scheduler.
  if (!/^[A-Za-z]/.test(timeZone)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
