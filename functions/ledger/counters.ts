import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type LedgerItem, number } from './ledgerTable.ts';

/** The most names of one tally, beside `other`. Its item stays below 30 KB. */
const mostNames = 100;
/** What is beyond the bounds counts as this. */
const otherName = 'other';

/** What one event counts as. */
export interface CountedNames {
  /** All different. */
  readonly names: readonly string[];
  /** Whether it has a name that cannot be counted. */
  readonly isBeyond: boolean;
}

/** What the events of a collection counted as. */
export interface Counters {
  readonly byName: ReadonlyMap<string, number>;
  /** Events that have counted as `other`, because a name of theirs could not be counted. */
  readonly beyond: number;
}

/** Counts an event. It counts once for each of its names, and once as `other` if the tally is full for one of them. */
export function countEvent(counters: Counters, { names, isBeyond }: CountedNames): Counters {
  const byName = new Map(counters.byName);
  const fits = (name: string): boolean =>
    name === otherName || byName.has(name) || byName.size - (byName.has(otherName) ? 1 : 0) < mostNames;
  const counted = new Set<string>();
  let beyond = isBeyond;
  for (const name of names) {
    if (fits(name)) {
      counted.add(name);
      byName.set(name, (byName.get(name) ?? 0) + 1);
    } else {
      beyond = true;
    }
  }
  if (beyond && !counted.has(otherName)) {
    byName.set(otherName, (byName.get(otherName) ?? 0) + 1);
  }
  return { byName, beyond: counters.beyond + (beyond ? 1 : 0) };
}

/** The counters in an item; none in an item that keeps events. */
export function readCounters({ tally, beyond }: LedgerItem = {}): Counters {
  return {
    byName: new Map(Object.entries(tally?.M ?? {}).map(([name, { N }]) => [name, Number(N ?? 0)])),
    beyond: Number(beyond?.N ?? 0),
  };
}

/** By name, the most frequent first. */
export function sortedTally({ byName }: Counters): Readonly<Record<string, number>> {
  const entries = [...byName].sort(([a, timesA], [b, timesB]) => timesB - timesA || (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

export function counterAttributes({ byName, beyond }: Counters): Readonly<Record<string, AttributeValue>> {
  const tally = Object.fromEntries([...byName].map(([name, times]) => [name, number(times)]));
  return { tally: { M: tally }, beyond: number(beyond) };
}
