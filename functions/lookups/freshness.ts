import { durationMs } from '../triggers/duration.ts';
import type { Lookup } from './lookup.ts';

/** How long a value is used that is kept with a run, unless its lookup says otherwise. */
const usuallyFreshFor = '1h';

/** Whether a value that was looked up earlier may still be used; a value from the future may not. */
export function isFresh(
  { freshFor = usuallyFreshFor }: Lookup,
  lookedUpAtMs: number,
  nowMs: number,
): boolean {
  const ageMs = nowMs - lookedUpAtMs;
  return ageMs >= 0 && ageMs <= durationMs(freshFor);
}
