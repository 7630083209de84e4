import type { Random } from './seededRandom.ts';

/** Milliseconds, or a range from which each call draws. */
export type LatencyMs = number | readonly [minMs: number, maxMs: number];

const defaultLatencies = {
  /** Creating, changing and deleting personas. */
  personas: [40, 120],
  mave: [60, 250],
  responses: [50, 200],
  /** Creating a focus group; its generation takes the account's `focusGroupMs`. */
  focusGroups: [20, 60],
  /** All reads. */
  reads: [2, 10],
} as const satisfies Readonly<Record<string, LatencyMs>>;

/** Kinds of calls with their own latency. */
export type LatencyGroup = keyof typeof defaultLatencies;

/** One latency for all calls, or one by kind of call. */
export type LatencyOption = LatencyMs | Readonly<Partial<Record<LatencyGroup, LatencyMs>>>;

/** Draws how long the next call of a kind takes, in milliseconds. */
export type DrawLatency = (group: LatencyGroup) => number;

export function latencyDrawer(option: LatencyOption, random: Random): DrawLatency {
  return (group) => {
    const latency = isLatency(option) ? option : (option[group] ?? defaultLatencies[group]);
    if (typeof latency === 'number') {
      return latency;
    }
    const [minMs, maxMs] = latency;
    return minMs + random() * (maxMs - minMs);
  };
}

function isLatency(option: LatencyOption): option is LatencyMs {
  return typeof option === 'number' || Array.isArray(option);
}
