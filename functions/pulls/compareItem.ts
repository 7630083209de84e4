import { valueDigest } from '../ledger/keys.ts';
import type { Compared, PulledItem } from './pull.ts';

/** What is kept of an item whose event was queued, to tell whether it changes. It holds no value but numbers. */
export interface KeptItem {
  /** Of all that counts exactly. */
  readonly digest: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/** What is kept of an item as it is now. */
export function keptOf({ event, userId, properties, compared }: PulledItem): KeptItem {
  const { exactly, roughly = {} }: Compared = compared ?? { exactly: [event, userId ?? null, properties] };
  return { digest: valueDigest(exactly), numbers: roughly };
}

/** Whether an item differs from what was last queued of it. */
export function hasChanged(last: KeptItem, now: KeptItem, share: number): boolean {
  const names = new Set([...Object.keys(last.numbers), ...Object.keys(now.numbers)]);
  return (
    last.digest !== now.digest ||
    [...names].some((name) => differs(last.numbers[name], now.numbers[name], share))
  );
}

function differs(last: number | undefined, now: number | undefined, share: number): boolean {
  if (last === undefined || now === undefined) {
    return last !== now;
  }
  return Math.abs(now - last) > share * Math.abs(last);
}
