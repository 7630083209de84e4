/** How many batches of new runs are admitted at the same time: so many of the run queue, and as many of the bulk queue. */
export const admissionConcurrency = 5;

/** What Lambda accepts as the maximum concurrency of a mapping. */
export const mappingConcurrency = { min: 2, max: 1_000 } as const;

/** Mavera's own caps: 10 calls of Mave and 5 focus groups under way. */
const cappedCalls = 10 + 5;
/** Assumed, in seconds: how long a call without a cap takes, and the ledger and queue calls around it. */
const callSeconds = 5;
const aroundCallSeconds = 0.4;
/** Calls are not spread evenly. */
const headroom = 1.3;

/**
 * How many deliveries of the ready queue must be worked on at the same time, so that the whole rate limit can be used: the
 * capped calls, which take long, and beside them a call at each slot.
 *
 * @returns within what Lambda accepts
 */
export function defaultRunnerConcurrency(requestsPerMinute: number): number {
  const atSlots = Math.ceil((headroom * requestsPerMinute * (callSeconds + aroundCallSeconds)) / 60);
  return Math.min(cappedCalls + atSlots, mappingConcurrency.max);
}
