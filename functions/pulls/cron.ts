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

/** What is wrong with a cron expression; `undefined` if nothing is. */
export function problemOfCron(cron: unknown): string | undefined {
  const values = typeof cron === 'string' ? cron.split(' ') : [];
  if (values.length !== cronFields.length) {
    return 'expected six fields, such as 0 9 ? * MON *';
  }
  const wrong = cronFields.find((field, index) => !isCronValue(values[index] ?? '', field));
  if (wrong !== undefined) {
    return `${wrong.name} cannot be read`;
  }
  const days = [values[2], values[4]].filter((value) => value === '?');
  if (days.length !== 1) {
    return 'expected ? for either the day of the month or the day of the week';
  }
  return hasDate(values) ? undefined : 'there is no such date';
}

/** Whether its days are in the calendar: 31 February is not. */
function hasDate([, , day = '', month = '', weekday = '', year = '']: readonly string[]): boolean {
  const [, , dayField, monthField, weekdayField, yearField] = cronFields;
  const isEachMonth = /^(\?|L|LW)$/.test(day) && !weekday.endsWith('#5');
  if (isEachMonth || !dayField || !monthField || !weekdayField || !yearField) {
    return true;
  }
  const monthsOf = numbersOf(month, monthField);
  // `15W` is the weekday that is nearest to the 15th.
  const days = day === '?' ? undefined : numbersOf(day.replace('W', ''), dayField);
  return numbersOf(year, yearField).some((inYear) =>
    monthsOf.some((inMonth) => {
      const length = new Date(Date.UTC(inYear, inMonth, 0)).getUTCDate();
      return days === undefined
        ? hasFifth(new Date(Date.UTC(inYear, inMonth - 1, 1)).getUTCDay(), weekday, weekdayField, length)
        : days.some((each) => each <= length);
    }),
  );
}

/** Whether a month has a weekday five times, such as `2#5`, Monday. */
function hasFifth(firstWeekday: number, weekday: string, field: CronField, length: number): boolean {
  const wanted = (numbersOf(weekday.replace('#5', ''), field)[0] ?? 1) - 1;
  return 1 + ((wanted - firstWeekday + 7) % 7) + 28 <= length;
}

/** The numbers that a value stands for. */
function numbersOf(value: string, { from, to, names = [] }: CronField): readonly number[] {
  const numberOf = (text: string): number =>
    names.includes(text.toUpperCase()) ? from + names.indexOf(text.toUpperCase()) : Number(text);
  return value.split(',').flatMap((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [first = '', last] = range.split('-');
    const start = range === '*' ? from : numberOf(first);
    // `5/2` goes on to the end of the field.
    const single = part.includes('/') ? to : start;
    const end = range === '*' ? to : last === undefined ? single : numberOf(last);
    // A range such as FRI-MON goes on from the beginning.
    const count = end >= start ? end - start + 1 : to - start + 1 + end - from + 1;
    return Array.from({ length: Math.ceil(count / Number(step)) }, (_none, index) => {
      const number = start + index * Number(step);
      return number > to ? number - (to - from + 1) : number;
    });
  });
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
