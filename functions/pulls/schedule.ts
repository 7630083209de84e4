import { type Duration, parseDuration } from '../triggers/duration.ts';
import { shown } from '../triggers/shown.ts';

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

/** A field of a cron expression: its range, and the names and further signs that may stand for numbers. */
interface CronField {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
  /** Whole values beside lists, ranges and steps. */
  readonly also?: RegExp;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** Source: Amazon EventBridge Scheduler user guide, "Cron-based schedules". */
const cronFields: readonly CronField[] = [
  { name: 'the minutes', from: 0, to: 59 },
  { name: 'the hours', from: 0, to: 23 },
  { name: 'the day of the month', from: 1, to: 31, also: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'the month', from: 1, to: 12, names: months },
  { name: 'the day of the week', from: 1, to: 7, names: weekdays, also: /^(\?|L|[1-7]L|[1-7]#[1-5])$/ },
  { name: 'the year', from: 1970, to: 2199 },
];

function problemOfCron(cron: unknown): string | undefined {
  const values = typeof cron === 'string' ? cron.split(' ') : [];
  if (values.length !== cronFields.length) {
    return 'expected six fields, such as 0 9 ? * MON *';
  }
  const wrong = cronFields.find((field, index) => !isCronValue(values[index] ?? '', field));
  if (wrong !== undefined) {
    return `${wrong.name} cannot be read`;
  }
  const days = [values[2], values[4]].filter((value) => value === '?');
  return days.length === 1 ? undefined : 'expected ? for either the day of the month or the day of the week';
}

function isCronValue(value: string, field: CronField): boolean {
  return field.also?.test(value) === true || value.split(',').every((part) => isCronPart(part, field));
}

/** `*`, `5`, `MON`, `1-5`, each of them with a step such as `/2`. */
function isCronPart(part: string, field: CronField): boolean {
  const [range = '', step, ...others] = part.split('/');
  const isStep = step === undefined || (/^\d{1,4}$/.test(step) && Number(step) > 0);
  const ends = range.split('-');
  const isRange = range === '*' || (ends.length <= 2 && ends.every((end) => isCronNumber(end, field)));
  return others.length === 0 && isStep && isRange;
}

function isCronNumber(text: string, { from, to, names = [] }: CronField): boolean {
  const isNumber = /^\d{1,4}$/.test(text) && Number(text) >= from && Number(text) <= to;
  return isNumber || names.includes(text.toUpperCase());
}
