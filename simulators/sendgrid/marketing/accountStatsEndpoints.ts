import * as z from 'zod';
import { Refusal } from '../../http/refusal.ts';
import type { ApiAnswer } from '../../http/reply.ts';
import { day, parseQuery, type SendGridCall, type SendGridEndpoint, wholeNumber } from '../endpoint.ts';
import { problem } from '../problem.ts';
import { defaultSplits, type StatsSplit, shownDay } from './accountStats.ts';

const dayMs = 86_400_000;
/** GUESS: no longest time is documented. */
const mostDays = 1_000;

const statsQuery = z.object({
  start_date: day,
  end_date: day.optional(),
  aggregated_by: z.enum(['day', 'week', 'month']).default('day'),
  limit: wholeNumber(1, 500, 500),
  offset: wholeNumber(0, 1_000_000, 0),
  country: z.enum(['US', 'CA']).optional(),
});

const { devices, clients, mailboxes, US, CA } = defaultSplits;

/** The statistics of the whole account: bare arrays. Source: OpenAPI of SendGrid, `tsg_stats_v3`. */
export const accountStatsEndpoints: readonly SendGridEndpoint[] = [
  statsOf('/v3/devices/stats', () => [devices]),
  statsOf('/v3/clients/stats', () => [clients]),
  statsOf('/v3/mailbox_providers/stats', () => [mailboxes]),
  // GUESS: both countries, if none is named.
  statsOf('/v3/geo/stats', (country) => (country === undefined ? [US, CA] : [country === 'US' ? US : CA])),
];

function statsOf(
  path: string,
  splitsOf: (country: 'US' | 'CA' | undefined) => readonly StatsSplit[],
): SendGridEndpoint {
  const answer = ({ query, nowMs }: SendGridCall): ApiAnswer => {
    const asked = parseQuery(statsQuery, query);
    const today = new Date(nowMs).toISOString().slice(0, 10);
    const days = daysFrom(asked.start_date, asked.end_date ?? today);
    const periods = periodsOf(days, asked.aggregated_by);
    const shown = [...periods].map(([date, ofPeriod]) => ({
      date,
      stats: summed(ofPeriod.flatMap((one) => shownDay(splitsOf(asked.country), one, nowMs))),
    }));
    return { status: 200, body: shown.slice(asked.offset, asked.offset + asked.limit) };
  };
  return { method: 'GET', path, answer };
}

/** @throws Refusal 400 */
function daysFrom(first: string, last: string): readonly string[] {
  const count = (Date.parse(last) - Date.parse(first)) / dayMs + 1;
  if (count < 1 || count > mostDays) {
    throw new Refusal(400, problem({ field: 'end_date', message: 'end_date should be after start_date' }));
  }
  return Array.from({ length: count }, (_none, index) =>
    new Date(Date.parse(first) + index * dayMs).toISOString().slice(0, 10),
  );
}

/** By the first day of each period. Weeks begin with Monday: GUESS. */
function periodsOf(days: readonly string[], by: 'day' | 'week' | 'month'): ReadonlyMap<string, string[]> {
  const periods = new Map<string, string[]>();
  for (const one of days) {
    const weekday = (new Date(one).getUTCDay() + 6) % 7;
    const monday = new Date(Date.parse(one) - weekday * dayMs).toISOString().slice(0, 10);
    const start = { day: one, week: monday, month: `${one.slice(0, 7)}-01` }[by];
    periods.set(start, [...(periods.get(start) ?? []), one]);
  }
  return periods;
}

interface Row {
  readonly type: string;
  readonly name: string;
  readonly metrics: Readonly<Record<string, number>>;
}

function summed(rows: readonly object[]): readonly Row[] {
  const sums = new Map<string, Row>();
  for (const { type, name, metrics } of rows as readonly Row[]) {
    const sum = sums.get(name)?.metrics ?? {};
    const added = Object.entries(metrics).map(([metric, value]) => [metric, value + (sum[metric] ?? 0)]);
    sums.set(name, { type, name, metrics: Object.fromEntries(added) });
  }
  return [...sums.values()];
}
