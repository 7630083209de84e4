import type { SendCounts, SendPart, SingleSend } from './singleSend.ts';

const dayMs = 86_400_000;

/** What statistics are split by. */
export type SendSplit = 'ab_variation' | 'ab_phase';

/** Which statistics are asked for. */
export interface StatsWanted {
  /** First and last day, such as `2026-11-20`. */
  readonly from: string;
  readonly to: string;
  readonly isByDay: boolean;
  readonly splits: readonly SendSplit[];
}

/** Which share of the opens and clicks comes on the day of the send, the next one, and so on. */
const shareOfDay = [0.6, 0.25, 0.1, 0.05];

/** The statistics of a single send, as the API shows them. GUESS: what is not split has `all`. */
export function shownStats(send: SingleSend, wanted: StatsWanted): readonly object[] {
  return splitParts(send.parts, wanted.splits).flatMap(({ variation, phase, parts }) => {
    const days = daysOf(send, wanted);
    const shown = (aggregation: string, ofDays: readonly number[]): object => ({
      id: send.id,
      ab_variation: variation,
      ab_phase: phase,
      aggregation,
      stats: metrics(parts, ofDays),
    });
    return wanted.isByDay
      ? days.map((index) => shown(dayText((send.sendAtMs ?? 0) + index * dayMs), [index]))
      : [shown('total', days)];
  });
}

/** The clicks on the links of a single send, as the API shows them. */
export function shownLinks(
  send: SingleSend,
  splits: readonly SendSplit[],
  isWanted: (part: SendPart) => boolean,
): readonly { readonly url: string; readonly clicks: number }[] {
  return splitParts(send.parts.filter(isWanted), splits).flatMap(({ variation, phase, parts }) => {
    const urls = [...new Set(parts.flatMap(({ links }) => Object.keys(links)))];
    return urls.map((url, index) => ({
      url,
      url_location: index,
      ab_variation: variation,
      ab_phase: phase,
      clicks: parts.reduce((sum, { links }) => sum + (links[url] ?? 0), 0),
    }));
  });
}

interface Split {
  readonly variation: string;
  readonly phase: string;
  readonly parts: readonly SendPart[];
}

function splitParts(parts: readonly SendPart[], splits: readonly SendSplit[]): readonly Split[] {
  const found = new Map<string, { variation: string; phase: string; parts: SendPart[] }>();
  for (const part of parts) {
    const variation = splits.includes('ab_variation') ? part.variation : 'all';
    const phase = splits.includes('ab_phase') ? part.phase : 'all';
    const split = found.get(`${variation} ${phase}`) ?? { variation, phase, parts: [] };
    split.parts.push(part);
    found.set(`${variation} ${phase}`, split);
  }
  return [...found.values()];
}

/** The days that are asked for, counted from the day of the send. */
function daysOf({ sendAtMs = 0 }: SingleSend, { from, to }: StatsWanted): readonly number[] {
  return shareOfDay
    .map((_share, index) => index)
    .filter((index) => {
      const text = dayText(sendAtMs + index * dayMs);
      return text >= from && text <= to;
    });
}

function metrics(parts: readonly SendPart[], days: readonly number[]): object {
  const isFirst = days.includes(0);
  const later = (name: keyof SendCounts): number =>
    parts.reduce((sum, { counts }) => sum + days.reduce((all, day) => all + ofDay(counts[name], day), 0), 0);
  const atOnce = (name: keyof SendCounts): number =>
    isFirst ? parts.reduce((sum, { counts }) => sum + counts[name], 0) : 0;
  return {
    bounce_drops: 0,
    bounces: atOnce('bounces'),
    clicks: later('clicks'),
    delivered: atOnce('delivered'),
    invalid_emails: 0,
    opens: later('opens'),
    requests: atOnce('requests'),
    spam_report_drops: 0,
    spam_reports: 0,
    unique_clicks: later('uniqueClicks'),
    unique_opens: later('uniqueOpens'),
    unsubscribes: later('unsubscribes'),
  };
}

/** Whole numbers that sum up to all of it. */
function ofDay(all: number, day: number): number {
  const until = (days: number): number =>
    days >= shareOfDay.length
      ? all
      : Math.round(all * shareOfDay.slice(0, days).reduce((sum, share) => sum + share, 0));
  return until(day + 1) - until(day);
}

function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
