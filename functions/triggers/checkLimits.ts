import { duration, keyOrFunction } from './checkAction.ts';
import { problemsOfFilter } from './checkFilter.ts';
import { shown, unknownFields } from './shown.ts';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

/** The fields that report a result for the user of the event. */
export const reportFields = ['toSegment', 'toSegOps'] as const;
const maxCollectMs = 14 * 86_400_000;
/** The most events of a collection that keeps them. */
const mostCollected = 1_000;
/** The most events of a collection that counts them. */
const mostTallied = 1_000_000;
const anyDuration: Check = (value) => duration(value, 1, Number.POSITIVE_INFINITY, 'such as 90s, 24h or 7d');

/** The problems of the fields that limit a trigger or report its results; each begins with the field. */
export function problemsOfLimits(trigger: Fields): string[] {
  return [
    ...problemOf(trigger, 'staleAfter', anyDuration),
    ...problemOf(trigger, 'sample', share),
    ...problemOf(trigger, 'weight', weight),
    ...problemsWithin(trigger, 'cooldown', { per: keyOrFunction, for: anyDuration }, ['per', 'for']),
    ...problemsOfCollect(trigger),
    ...problemsWithin(trigger, 'budget', { credits, per: period, whenSpent }, ['credits', 'per']),
    ...problemsWithin(trigger, 'approve', { above }, ['above']),
    ...problemsWithin(trigger, 'cancelledBy', { when: anything, per: keyOrFunction }, ['when', 'per']),
    ...problemsOfCancelledBy(trigger),
    ...reportFields.flatMap((field) => problemsOfReport(trigger, field)),
  ];
}

/**
 * A result is reported for one user. A collection of many users' events does not say which, and events of SegOps are about
 * segments.
 */
function problemsOfReport(trigger: Fields, field: (typeof reportFields)[number]): string[] {
  const { collect, source } = trigger;
  const problems = problemsWithin(trigger, field, { track: yesOrNo, identify: aFunction }, []);
  if (trigger[field] !== undefined && collectsManyUsers(collect)) {
    problems.push(
      `${field}: the events of many users have no single user to report to; set collect.per to 'user' or a function`,
    );
  }
  if (trigger[field] !== undefined && source === 'segops') {
    problems.push(`${field}: the events of SegOps have no user to report to; remove it`);
  }
  return problems;
}

/** Whether a collection may have the events of several users. A function is trusted to keep them apart. */
export function collectsManyUsers(collect: unknown): boolean {
  const per = typeof collect === 'object' && collect !== null ? (collect as Fields).per : 'user';
  return per !== 'user' && typeof per !== 'function';
}

function problemsOfCollect(trigger: Fields): string[] {
  const { collect, after } = trigger;
  const tallies = typeof collect === 'object' && (collect as Fields | null)?.tally !== undefined;
  const problems = problemsWithin(
    trigger,
    'collect',
    { per: keyOrFunction, count: countUpTo(tallies ? mostTallied : mostCollected), within, tally: aTally },
    ['within'],
  );
  if (tallies && after !== undefined) {
    problems.push(
      'collect.tally: a trigger with after collects results, and counters do not keep them; remove tally or after',
    );
  }
  return problems;
}

/** Fields that are missing are named by {@link problemsWithin}. */
function problemsOfCancelledBy({ when, collect, cancelledBy }: Fields): string[] {
  if (typeof cancelledBy !== 'object' || cancelledBy === null) {
    return [];
  }
  const filter = (cancelledBy as Fields).when;
  const problems = filter === undefined ? [] : problemsOfFilter('cancelledBy.when', filter);
  if (filter !== undefined && filter === when) {
    problems.push(
      'cancelledBy.when: it is the same filter as when, so that each event would cancel its own run',
    );
  }
  if (collect !== undefined) {
    problems.push(
      'cancelledBy: it cannot be combined with collect, because one run is made for many events; remove one of them',
    );
  }
  return problems;
}

function problemOf(fields: Fields, field: string, check: Check): string[] {
  const value = fields[field];
  const expected = value === undefined ? undefined : check(value);
  return expected === undefined ? [] : [`${field}: expected ${expected}, got ${shown(value)}`];
}

function problemsWithin(
  trigger: Fields,
  field: string,
  checks: Readonly<Record<string, Check>>,
  needed: readonly string[],
): string[] {
  const value = trigger[field];
  if (value === undefined) {
    return [];
  }
  if (typeof value !== 'object' || value === null) {
    return [`${field}: expected an object with ${Object.keys(checks).join(', ')}, got ${shown(value)}`];
  }
  const fields = value as Fields;
  return [
    ...unknownFields(value, new Set(Object.keys(checks))),
    ...needed.filter((name) => fields[name] === undefined).map((name) => `${name}: missing`),
    ...Object.entries(checks).flatMap(([name, check]) => problemOf(fields, name, check)),
  ].map((problem) => `${field}.${problem}`);
}

/** For a value that is checked elsewhere. */
function anything(): undefined {
  return undefined;
}

function share(value: unknown): string | undefined {
  return typeof value === 'number' && value > 0 && value <= 1 ? undefined : 'a number above 0, up to 1';
}

function weight(value: unknown): string | undefined {
  return typeof value === 'number' && value > 0 && value <= 100 ? undefined : 'a number above 0, up to 100';
}

function countUpTo(most: number): Check {
  return (value) => {
    const isCount = Number.isInteger(value) && (value as number) >= 2 && (value as number) <= most;
    return isCount ? undefined : `a whole number from 2 to ${most.toLocaleString('en')}`;
  };
}

function within(value: unknown): string | undefined {
  return duration(value, 1, maxCollectMs, 'of up to 14d, such as 24h');
}

function credits(value: unknown): string | undefined {
  const isCredits = typeof value === 'number' && value > 0 && Number.isFinite(value);
  return isCredits ? undefined : 'more than 0 credits';
}

function above(value: unknown): string | undefined {
  const isCredits = typeof value === 'number' && value >= 0 && Number.isFinite(value);
  return isCredits ? undefined : '0 credits or more';
}

function period(value: unknown): string | undefined {
  return value === 'day' || value === 'month' ? undefined : "'day' or 'month'";
}

function whenSpent(value: unknown): string | undefined {
  return value === 'wait' || value === 'skip' ? undefined : "'wait' or 'skip'";
}

function yesOrNo(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false';
}

function aTally(value: unknown): string | undefined {
  return typeof value === 'function' ? undefined : 'a function of the event, such as deviceOf';
}

function aFunction(value: unknown): string | undefined {
  return typeof value === 'function' ? undefined : 'a function of { event, result, trigger }';
}
