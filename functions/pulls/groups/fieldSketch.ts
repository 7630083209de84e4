/** What is known of one field of many people: JSON, of a size that does not grow with their number. */
export interface FieldSketch {
  /** People who have a value. */
  present: number;
  /** How many numbers there are. */
  numbers: number;
  /** Numbers, as long as they are few. */
  values: number[];
  /** How many numbers are in each interval, once they are many. */
  readonly intervals: Record<string, number>;
  /** How many different texts are counted. */
  distinct: number;
  /** How often each text occurs, by `=` and the text: names such as `__proto__` are texts too. */
  readonly texts: Record<string, number>;
}

/** A value that fewer people have is not shown: it may tell who they are. */
export const fewestPeople = 5;
const mostValues = 200;
/** Numbers of an interval differ by 4 %, so that a quantile is wrong by 2 % at most. */
const growth = 1.04;
const mostTexts = 200;
const mostTextCharacters = 100;
const number = /^-?\d{1,15}(?:\.\d{1,10})?$/;

/** What people have in common in one field. There is no single person in it. */
export type FieldSummary = {
  /** People who have a value. */
  readonly count: number;
  /** Of its numbers; absent where fewer than 5 people have one. */
  readonly lowerQuartile?: number;
  readonly median?: number;
  readonly upperQuartile?: number;
  /** Its most frequent texts; those of fewer than 5 people are left out. */
  readonly top?: readonly { readonly value: string; readonly count: number }[];
};

export function startSketch(): FieldSketch {
  return { present: 0, numbers: 0, values: [], intervals: {}, distinct: 0, texts: {} };
}

/** Adds a person's value, in place. */
export function addValue(sketch: FieldSketch, value: unknown): void {
  if (Array.isArray(value)) {
    sketch.present += value.length > 0 ? 1 : 0;
    for (const one of value) {
      addOne(sketch, one);
    }
    return;
  }
  sketch.present += addOne(sketch, value) ? 1 : 0;
}

/** @returns whether it is a value */
function addOne(sketch: FieldSketch, value: unknown): boolean {
  const asNumber = numberOf(value);
  if (asNumber !== undefined) {
    addNumber(sketch, asNumber);
    return true;
  }
  const text = typeof value === 'string' || typeof value === 'boolean' ? String(value).trim() : '';
  if (text !== '' && text.length <= mostTextCharacters) {
    addText(sketch, `=${text}`);
  }
  return text !== '';
}

/** A number, also where it is written as a text, as in CSV. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? value : undefined;
  }
  // What begins with 0 is a code, such as a postal code.
  const isNumber = typeof value === 'string' && number.test(value) && !/^-?0\d/.test(value);
  return isNumber ? Number(value) : undefined;
}

function addNumber(sketch: FieldSketch, value: number): void {
  sketch.numbers += 1;
  if (sketch.numbers <= mostValues) {
    sketch.values.push(value);
    return;
  }
  for (const one of [...sketch.values, value]) {
    const interval = intervalOf(one);
    sketch.intervals[interval] = (sketch.intervals[interval] ?? 0) + 1;
  }
  sketch.values = [];
}

/** `0`, or the sign and the power of the growth: `+12`. */
function intervalOf(value: number): string {
  return value === 0
    ? '0'
    : `${value < 0 ? '-' : '+'}${Math.ceil(Math.log(Math.abs(value)) / Math.log(growth))}`;
}

function middleOf(interval: string): number {
  if (interval === '0') {
    return 0;
  }
  const size = (2 * growth ** Number(interval.slice(1))) / (growth + 1);
  return Number((interval.startsWith('-') ? -size : size).toPrecision(3));
}

function addText(sketch: FieldSketch, key: string): void {
  const count = sketch.texts[key];
  sketch.texts[key] = (count ?? 0) + 1;
  sketch.distinct += count === undefined ? 1 : 0;
  if (sketch.distinct > mostTexts * 2) {
    forgetRareTexts(sketch);
  }
}

/** A text that is frequent comes again, and is then counted from there. */
function forgetRareTexts(sketch: FieldSketch): void {
  const rare = Object.entries(sketch.texts)
    .sort(([, one], [, other]) => other - one)
    .slice(mostTexts);
  for (const [text] of rare) {
    delete sketch.texts[text];
  }
  sketch.distinct -= rare.length;
}

/** The value below which this share of the numbers is; `undefined` without numbers. */
export function quantileOf({ numbers, values, intervals }: FieldSketch, share: number): number | undefined {
  const counted = [
    ...values.map((value) => [value, 1] as const),
    ...Object.entries(intervals).map(([interval, count]) => [middleOf(interval), count] as const),
  ].sort(([one], [other]) => one - other);
  let below = 0;
  for (const [value, count] of counted) {
    below += count;
    if (below >= share * numbers) {
      return value;
    }
  }
  return undefined;
}

/** @param most texts that are shown */
export function summaryOf(sketch: FieldSketch, most = 5): FieldSummary {
  const [lowerQuartile, median, upperQuartile] =
    sketch.numbers < fewestPeople ? [] : [0.25, 0.5, 0.75].map((share) => quantileOf(sketch, share));
  const top = Object.entries(sketch.texts)
    .filter(([, count]) => count >= fewestPeople)
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([text, count]) => ({ value: text.slice(1), count }));
  return {
    count: sketch.present,
    ...(lowerQuartile === undefined ? {} : { lowerQuartile }),
    ...(median === undefined ? {} : { median }),
    ...(upperQuartile === undefined ? {} : { upperQuartile }),
    ...(top.length === 0 ? {} : { top }),
  };
}
