/** How a delivery is repeated. Times are Segment's; `timeScale` shortens them on this machine. */
export interface RetryPolicy {
  /** For how long, from the first attempt. @default 4 hours */
  readonly forMs: number;
  /** Wait before the second attempt, doubled for each further one. @default 2 seconds */
  readonly firstDelayMs: number;
  /** @default 15 minutes */
  readonly greatestDelayMs: number;
  /** Attempts of one request, the first included. @default only `forMs` limits them */
  readonly maxAttempts: number;
  /** The factor of every wait: 0.001 makes 4 hours 14 seconds. @default 1 */
  readonly timeScale: number;
  /** From 0 to 1. @default Math.random */
  readonly random: () => number;
}

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

/** The wait before the next attempt in Segment's time: 0.5 to 1.5 times the doubled wait. */
export function backoffMs(policy: RetryPolicy, attemptsMade: number): number {
  const { firstDelayMs, greatestDelayMs, random } = policy;
  const delayMs = Math.min(greatestDelayMs, firstDelayMs * 2 ** (attemptsMade - 1));
  return delayMs * (0.5 + random());
}
