import type { RetryPolicy } from '../http/retryPolicy.ts';

/**
 * Segment's policy: randomized exponential backoff for 4 hours. GUESS: the waits, which are not documented.
 *
 * Source: Segment docs, "Destinations: retries between Segment and destinations".
 */
export const segmentRetryPolicy: RetryPolicy = {
  forMs: 4 * 60 * 60 * 1000,
  firstDelayMs: 2_000,
  greatestDelayMs: 15 * 60 * 1000,
  maxAttempts: Number.POSITIVE_INFINITY,
  timeScale: 1,
  random: Math.random,
};

const retriedClientErrors: ReadonlySet<number> = new Set([408, 423, 429]);

/**
 * Whether Segment sends a request again after this status.
 *
 * Source: `packages/core/src/errors.ts` of segmentio/action-destinations: 408, 423, 429 and 5xx except 501.
 */
export function isRetried(status: number): boolean {
  return retriedClientErrors.has(status) || (status >= 500 && status !== 501);
}
