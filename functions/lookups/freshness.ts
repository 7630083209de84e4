import { durationMs } from '../triggers/duration.ts';
import type { Lookup } from './lookup.ts';

/** How long a value is used, unless its lookup says otherwise. */
const usuallyFreshFor = '1h';
/** What a system does not know yet, such as the profile of a new user, is asked for again soon. */
const unknownFreshMs = 60_000;

/** How long a value of a lookup is used, in milliseconds. */
export function freshForMs({ freshFor = usuallyFreshFor }: Lookup): number {
  return durationMs(freshFor);
}

/** Whether a value that was looked up earlier may still be used; a value from the future may not. */
export function isFresh(
  lookup: Lookup,
  { value, atMs }: { readonly value: unknown; readonly atMs: number },
  nowMs: number,
): boolean {
  const ageMs = nowMs - atMs;
  const mostMs = value === undefined ? Math.min(unknownFreshMs, freshForMs(lookup)) : freshForMs(lookup);
  return ageMs >= 0 && ageMs <= mostMs;
}
