/** A length of time, e.g. `90s`, `30m`, `1.5h`, `7d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration; `undefined` for anything that is not a duration above 0. */
export function parseDuration(text: unknown): number | undefined {
  const [, amount, unit] = (typeof text === 'string' && /^(\d+(?:\.\d+)?)([smhd])$/.exec(text)) || [];
  const ms = Number(amount) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}

/**
 * Milliseconds of a duration of a triggers file, which was checked when the file was loaded.
 *
 * @throws RangeError for anything that is not a duration
 */
export function durationMs(duration: Duration): number {
  const ms = parseDuration(duration);
  if (ms === undefined) {
    throw new RangeError(`"${duration}" is not a duration such as 90s, 30m, 24h or 7d`);
  }
  return ms;
}
