import * as z from 'zod/mini';
import type { OperationName } from '../access/operations.ts';
import { checkChangedBy, checkOption } from './checkOption.ts';
import { definePull } from './definePull.ts';
import type { OperationCall, Pull, PulledItem } from './pull.ts';

/** What the statistics are split by. `geo`: states and provinces of the USA and Canada alone, as SendGrid has them. */
export type StatsSplit = 'device' | 'geo' | 'client' | 'mailbox';

export interface SendgridStatsOptions {
  readonly by: readonly StatsSplit[];
  /** Whole UTC days before today, from 1 to 7: SendGrid keeps no more. @default 7 */
  readonly days?: number;
  /** By how much a name's share of the opens has to change, as a share of its last share. @default 0.1 */
  readonly changedBy?: number;
}

/** One name of a split, such as the device `Phone`. */
export type StatsRow = {
  readonly name: string;
  readonly opens: number;
  readonly uniqueOpens: number;
  readonly clicks: number;
  /** Of all opens, from 0 to 1. */
  readonly share: number;
};

/** What an `Email Statistics Pulled` event has. */
export type EmailStatistics = {
  readonly by: StatsSplit;
  /** First and last day, such as `2026-11-13`. */
  readonly from: string;
  readonly to: string;
  readonly opens: number;
  /** Most opens first; at most 50. */
  readonly rows: readonly StatsRow[];
};

const operationOf: Readonly<Record<StatsSplit, OperationName>> = {
  device: 'readDeviceStats',
  geo: 'readGeoStats',
  client: 'readClientStats',
  mailbox: 'readMailboxStats',
};

const count = z.optional(z.nullable(z.number()));
const statsSchema = z.array(
  z.object({
    date: z.string(),
    stats: z.array(
      z.object({
        name: z.string(),
        metrics: z.object({ opens: count, unique_opens: count, clicks: count }),
      }),
    ),
  }),
);

const dayMs = 86_400_000;
const mostRows = 50;

/**
 * Pulls SendGrid's statistics: one event `Email Statistics Pulled` for each split. They are of the whole account, of 7 days,
 * and of opens: for one single send, count the events of SendGrid's webhook instead. Mail programs that load images for their
 * users hide the device and place of opens.
 *
 * Source: SendGrid, "Email Statistics": `/v3/devices/stats`, `/v3/geo/stats`, `/v3/clients/stats`,
 * `/v3/mailbox_providers/stats`.
 */
export function sendgridStats(options: SendgridStatsOptions): Pull<EmailStatistics> {
  const { by, days = 7, changedBy } = options;
  const isBy = Array.isArray(by) && by.length > 0 && by.every((split) => Object.hasOwn(operationOf, split));
  checkOption('sendgridStats: by', isBy, `a list of ${Object.keys(operationOf).join(', ')}`, by);
  const isDays = Number.isInteger(days) && days >= 1 && days <= 7;
  checkOption('sendgridStats: days', isDays, 'a whole number from 1 to 7', days);
  checkChangedBy('sendgridStats', changedBy);
  return definePull({
    kind: 'sendgridStats',
    source: 'sendgrid',
    operations: [...new Set(by.map((split) => operationOf[split]))],
    start: 0,
    step: (_none, answers, { startedAtMs }) => {
      const from = dayOf(startedAtMs - days * dayMs);
      const to = dayOf(startedAtMs - dayMs);
      return answers.length === 0
        ? { calls: by.map((split) => callOf(split, from, to)) }
        : {
            events: answers.flatMap(({ value }, index) => {
              const split = by[index];
              return split === undefined ? [] : itemOf(split, from, to, statsSchema.parse(value), options);
            }),
          };
    },
  });
}

function callOf(split: StatsSplit, start_date: string, end_date: string): OperationCall {
  // Without an end SendGrid takes today, which is not over.
  const query = { start_date, end_date, aggregated_by: 'day', limit: '500' };
  return { operation: operationOf[split], request: { query } };
}

function itemOf(
  by: StatsSplit,
  from: string,
  to: string,
  days: z.infer<typeof statsSchema>,
  { changedBy = 0.1 }: SendgridStatsOptions,
): readonly PulledItem<EmailStatistics>[] {
  const sums = new Map<string, Omit<StatsRow, 'share'>>();
  for (const { name, metrics } of days.flatMap(({ stats }) => stats)) {
    const sum = sums.get(name) ?? { name, opens: 0, uniqueOpens: 0, clicks: 0 };
    sums.set(name, {
      name,
      opens: sum.opens + (metrics.opens ?? 0),
      uniqueOpens: sum.uniqueOpens + (metrics.unique_opens ?? 0),
      clicks: sum.clicks + (metrics.clicks ?? 0),
    });
  }
  const opens = [...sums.values()].reduce((sum, row) => sum + row.opens, 0);
  if (opens === 0) {
    return [];
  }
  const rows = [...sums.values()]
    .map((row) => ({ ...row, share: Math.round((row.opens / opens) * 1_000) / 1_000 }))
    .sort((one, other) => other.opens - one.opens)
    .slice(0, mostRows);
  return [
    {
      item: by,
      event: 'Email Statistics Pulled',
      properties: { by, from, to, opens, rows },
      compared: {
        exactly: by,
        // Names with a few opens change all the time.
        roughly: Object.fromEntries(
          rows.filter(({ share }) => share >= 0.05).map(({ name, share }) => [name, share]),
        ),
        share: changedBy,
      },
    },
  ];
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
