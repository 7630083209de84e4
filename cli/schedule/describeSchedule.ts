const units = { m: 'minute', h: 'hour', d: 'day' } as const;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
/** As many times of a day are named; more are too long for a line. */
const mostTimes = 6;

/**
 * A schedule in words. A schedule that has no short sentence stays as it is.
 *
 * @param schedule as the stack's output `Pulls` has it
 * @example describeSchedule('cron(17 3 ? * TUE *) UTC') // 'each Tuesday at 03:17 (UTC)'
 * @example describeSchedule('cron(17 3 * * ? *) UTC, every 10d') // 'every 10 days at 03:17 (UTC)'
 */
export function describeSchedule(schedule: string): string {
  const form = /^cron\(([^()]+)\) (\S+?)(?:, every (\d+)([mhd]))?$/;
  const [, cron = '', zone = '', count, unit] = form.exec(schedule) ?? [];
  const words = describeCron(cron);
  const name = Object.entries(units).find(([letter]) => letter === unit)?.[1];
  if (count === undefined || name === undefined) {
    return words === undefined ? schedule : `${words} (${zone})`;
  }
  // The cron expression starts it more often; what is not wanted is passed over.
  const period = `every ${count === '1' ? name : `${count} ${name}s`}`;
  const [, time] = /^each day( at \d\d:\d\d)$/.exec(words ?? '') ?? [];
  return `${period}${time ?? ''} (${zone})`;
}

/** Six fields: minutes, hours, day of the month, month, day of the week, year. */
function describeCron(cron: string): string | undefined {
  const [minutes = '', hours = '', day = '', month, weekday = '', year] = cron.split(' ');
  if (month !== '*' || year !== '*') {
    return undefined;
  }
  const days = describeDays(day, weekday);
  const minutesOfHour = valuesOf(minutes, 59);
  const hoursOfDay = valuesOf(hours, 23);
  if (days === undefined || minutesOfHour === undefined || hoursOfDay === undefined) {
    return undefined;
  }
  if (hoursOfDay.length === 24) {
    return days === 'each day' ? eachHour(minutesOfHour) : undefined;
  }
  const times = hoursOfDay.flatMap((hour) => minutesOfHour.map((minute) => `${two(hour)}:${two(minute)}`));
  return times.length > mostTimes ? undefined : `${days} at ${listed(times)}`;
}

function eachHour(minutes: readonly number[]): string | undefined {
  const [first = 0, second] = minutes;
  if (second === undefined) {
    return `each hour at minute ${first}`;
  }
  const step = second - first;
  const isEven = minutes.every((minute, index) => minute === first + index * step);
  const goesOn = (minutes.at(-1) ?? 0) + step === first + 60;
  return isEven && goesOn ? `every ${step === 1 ? 'minute' : `${step} minutes`}` : undefined;
}

function describeDays(day: string, weekday: string): string | undefined {
  if (day === '?') {
    return weekday === '*' ? 'each day' : describeWeekdays(weekday);
  }
  if (weekday !== '?') {
    return undefined;
  }
  if (day === '*') {
    return 'each day';
  }
  if (day === 'L') {
    return 'on the last day of each month';
  }
  return /^\d{1,2}$/.test(day) ? `on day ${day} of each month` : undefined;
}

function describeWeekdays(field: string): string | undefined {
  const range = field.split('-').map(weekdayOf);
  if (range.length === 2) {
    const [from, to] = range;
    return from === undefined || to === undefined ? undefined : `${from} to ${to}`;
  }
  const names = field.split(',').map(weekdayOf);
  const known = names.filter((name) => name !== undefined);
  return known.length < names.length ? undefined : `each ${listed(known)}`;
}

/** By its name, or by its number: Sunday is 1. */
function weekdayOf(text: string): string | undefined {
  return /^[1-7]$/.test(text)
    ? weekdays[Number(text) - 1]
    : weekdays.find((name) => name.slice(0, 3).toUpperCase() === text.toUpperCase());
}

/** The values of a field of numbers from 0 on; `undefined` if it has another form. */
function valuesOf(field: string, to: number): readonly number[] | undefined {
  const all = field.split(',').map((part) => {
    const [, start = '', end, step] = /^(\*|\d{1,2})(?:-(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (start === '' || step === '0') {
      return undefined;
    }
    const first = start === '*' ? 0 : Number(start);
    const isOne = start !== '*' && end === undefined && step === undefined;
    const last = isOne ? first : Number(end ?? to);
    const every = Number(step ?? 1);
    const length = Math.max(0, Math.floor((last - first) / every) + 1);
    return Array.from({ length }, (_none, index) => first + index * every);
  });
  const known = all.filter((values) => values !== undefined);
  return known.length < all.length ? undefined : [...new Set(known.flat())].sort((one, other) => one - other);
}

function two(number: number): string {
  return `${number}`.padStart(2, '0');
}

/** @example 'Monday, Tuesday and Friday' */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
