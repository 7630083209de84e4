/** How well the rate limit is used. Shares are from 0 to 1. */
export interface Pacing {
  readonly worst: number;
  readonly mean: number;
}

const minuteMs = 60_000;
/** The time over which the limit is compared with the calls. */
const stretchMs = 10 * minuteMs;

/**
 * The share of the limit that is used in every ten minutes between two moments, one stretch beginning each minute.
 *
 * @param callsAtMs in ascending order
 * @throws RangeError for less than ten minutes
 */
export function pacing(
  callsAtMs: readonly number[],
  requestsPerMinute: number,
  fromMs: number,
  untilMs: number,
): Pacing {
  const shares: number[] = [];
  for (let start = fromMs; start + stretchMs <= untilMs; start += minuteMs) {
    const calls = countBefore(callsAtMs, start + stretchMs) - countBefore(callsAtMs, start);
    shares.push(calls / (requestsPerMinute * (stretchMs / minuteMs)));
  }
  if (shares.length === 0) {
    throw new RangeError(`There are no ten minutes within ${(untilMs - fromMs) / minuteMs} minutes`);
  }
  return {
    worst: Math.min(...shares),
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}

function countBefore(sorted: readonly number[], atMs: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < atMs) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
