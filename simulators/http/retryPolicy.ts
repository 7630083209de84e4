/** How a delivery is repeated. Times are the sender's own; `timeScale` shortens them on this machine. */
export interface RetryPolicy {
  /** For how long, from the first attempt. */
  readonly forMs: number;
  /** Wait before the second attempt, doubled for each further one. */
  readonly firstDelayMs: number;
  readonly greatestDelayMs: number;
  /** Attempts of one request, the first included. @default only `forMs` limits them */
  readonly maxAttempts: number;
  /** The factor of every wait: 0.001 makes 4 hours 14 seconds. @default 1 */
  readonly timeScale: number;
  /** From 0 to 1. @default Math.random */
  readonly random: () => number;
}

/** The wait before the next attempt in the sender's time: 0.5 to 1.5 times the doubled wait. */
export function backoffMs(policy: RetryPolicy, attemptsMade: number): number {
  const { firstDelayMs, greatestDelayMs, random } = policy;
  const delayMs = Math.min(greatestDelayMs, firstDelayMs * 2 ** (attemptsMade - 1));
  return delayMs * (0.5 + random());
}
