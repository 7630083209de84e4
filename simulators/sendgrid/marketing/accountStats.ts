import { chanceOf } from '../../customers.ts';

const dayMs = 86_400_000;

/** What the statistics of the whole account are split by. */
export interface StatsSplit {
  /** How SendGrid calls it in each row, such as `device`. */
  readonly type: string;
  /** The share of the opens that each name has. */
  readonly shares: Readonly<Record<string, number>>;
  /** The metrics that each row has, beside `opens` and `unique_opens`. */
  readonly metrics: 'opens' | 'clicks' | 'deliveries';
}

/**
 * What the made-up account's e-mails were opened with, and where. Source of the names: OpenAPI of SendGrid, `tsg_stats_v3`.
 */
export const defaultSplits = {
  devices: {
    type: 'device',
    shares: { Phone: 0.52, Desktop: 0.27, Webmail: 0.14, Tablet: 0.05, Other: 0.02 },
    metrics: 'opens',
  },
  clients: {
    type: 'client',
    shares: { 'Apple Mail': 0.46, Gmail: 0.29, Outlook: 0.15, 'Yahoo! Mail': 0.06, Thunderbird: 0.04 },
    metrics: 'opens',
  },
  mailboxes: {
    type: 'mailbox_provider',
    shares: { Gmail: 0.44, Microsoft: 0.22, Yahoo: 0.11, Apple: 0.13, Other: 0.1 },
    metrics: 'deliveries',
  },
  US: {
    type: 'province',
    shares: { CA: 0.24, TX: 0.19, NY: 0.17, IL: 0.13, MA: 0.1, CO: 0.09, OR: 0.08 },
    metrics: 'clicks',
  },
  CA: { type: 'province', shares: { ON: 0.58, BC: 0.27, QC: 0.15 }, metrics: 'clicks' },
} as const satisfies Readonly<Record<string, StatsSplit>>;

/** About so many e-mails are opened in a day. */
const opensOfDay = 1_900;
/** SendGrid keeps no more. */
const daysKept = 7;

/** The rows of one day, as the API shows them. A day that SendGrid does not keep has none: GUESS. */
export function shownDay(splits: readonly StatsSplit[], dayText: string, nowMs: number): readonly object[] {
  const dayIndex = Math.floor(Date.parse(dayText) / dayMs);
  const today = Math.floor(nowMs / dayMs);
  if (dayIndex > today || dayIndex <= today - daysKept - 1) {
    return [];
  }
  const all = opensOfDay * (0.85 + 0.3 * chanceOf(dayIndex, 'opens'));
  return splits.flatMap(({ type, shares, metrics }) =>
    Object.entries(shares).map(([name, share]) => {
      const opens = Math.round(all * share * (0.95 + 0.1 * chanceOf(dayIndex, name)));
      return { type, name, metrics: metricsOf(opens, metrics) };
    }),
  );
}

function metricsOf(opens: number, kind: StatsSplit['metrics']): Readonly<Record<string, number>> {
  const clicks = Math.round(opens * 0.12);
  const ofOpens = { opens, unique_opens: Math.round(opens * 0.72) };
  const ofClicks = { ...ofOpens, clicks, unique_clicks: Math.round(clicks * 0.85) };
  switch (kind) {
    case 'opens':
      return ofOpens;
    case 'clicks':
      return ofClicks;
    case 'deliveries': {
      const delivered = opens * 3;
      return {
        ...ofClicks,
        blocks: 0,
        bounces: Math.round(delivered * 0.01),
        deferred: 0,
        delivered,
        drops: 0,
        processed: delivered,
        requests: delivered,
        spam_reports: 0,
      };
    }
  }
}
