import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const longestDays = 7;

/** Reads a length of time, such as 90m, 4h or 2d, in milliseconds. @throws InvalidArgumentError for another text */
export function parseTimeSpan(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (!(ms > 0 && ms <= longestDays * 86_400_000)) {
    throw new InvalidArgumentError(
      `Expected a length of time, such as 90m, 4h or 2d, of ${longestDays} days at most.`,
    );
  }
  return ms;
}
