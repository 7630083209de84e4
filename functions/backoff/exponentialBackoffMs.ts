/** How a wait grows. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Waits before this one: 0 for the first. */
  readonly times: number;
}

/** How long to wait: twice as long each time, up to the longest. Callers add their own jitter. */
export function exponentialBackoffMs({ firstMs, longestMs, times }: Backoff): number {
  return Math.min(longestMs, firstMs * 2 ** times);
}
