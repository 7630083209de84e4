import { InvalidArgumentError, Option } from 'commander';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer than run items are kept. Each day is nine more queries. */
const longestDays = 400;

/**
 * Reads a time in the past: how long ago (`90m`, `24h`, `7d`), or an ISO time.
 *
 * @returns epoch milliseconds
 * @throws InvalidArgumentError saying what is expected
 */
export function parseSince(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const isoMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  const sinceMs = count === undefined ? isoMs : nowMs - Number(count) * (unitMs[unit] ?? Number.NaN);
  if (Number.isNaN(sinceMs)) {
    throw new InvalidArgumentError('Expected how long ago, such as 90m, 24h or 7d, or an ISO time.');
  }
  if (sinceMs > nowMs) {
    throw new InvalidArgumentError('Expected a time in the past.');
  }
  if (nowMs - sinceMs > longestDays * 86_400_000) {
    throw new InvalidArgumentError(
      `Expected a time within the last ${longestDays} days: older runs are not kept.`,
    );
  }
  return sinceMs;
}

/** The option `--since`, in epoch milliseconds. The caller names and applies the default. */
export function sinceOption(what: string, withoutIt: string): Option {
  return new Option(
    '--since <time>',
    `${what}: how long ago (90m, 24h, 7d), or an ISO time (default: ${withoutIt})`,
  ).argParser((text) => parseSince(text, Date.now()));
}
