/** How many of SQS's timestamps are kept. Older ones are dropped, because the local clock may have been set since. */
const maxStamps = 16;
/**
 * The message of an older timestamp was not delivered at once: a throttled invocation may wait for minutes, and the
 * messages of a batch are handled one by one. So the timestamp does not show that the local clock is ahead. A run's lease
 * ends this much later than its invocation, so that by other clocks it does not end before it began.
 */
const maxDeliveryMs = 2_000;
/** No machine's clock is behind by more than this; such a timestamp is wrong. */
const maxBehindMs = 3_600_000;

/**
 * An estimate of the time that all environments share. SQS gives every message the timestamp of its first delivery. If
 * the timestamp is ahead of the local clock, the local clock is behind by at least the difference. The delivery takes
 * some milliseconds, so the largest of the last differences is the best estimate.
 */
export class SharedClock {
  readonly #localNow: () => number;
  /** When this environment was ready, by the local clock. */
  readonly #readyAtMs: number;
  readonly #aheadByMs: number[] = [];
  #offsetMs = 0;

  constructor(localNow: () => number) {
    this.#localNow = localNow;
    this.#readyAtMs = localNow();
  }

  /** Epoch milliseconds. */
  readonly now = (): number => this.#localNow() + this.#offsetMs;

  /**
   * Learns from a message that has just been delivered for the first time. A message that was received before the environment
   * was ready has waited for its start: its timestamp would put the clock back by a second or more, and calls would start
   * that much late.
   *
   * @param firstReceivedAtMs SQS's `ApproximateFirstReceiveTimestamp`
   */
  learn(firstReceivedAtMs: number): void {
    const aheadByMs = firstReceivedAtMs - this.#localNow();
    const waitedForStart = firstReceivedAtMs < this.#readyAtMs;
    if (waitedForStart || !(aheadByMs >= -maxDeliveryMs && aheadByMs <= maxBehindMs)) {
      return;
    }
    this.#aheadByMs.push(aheadByMs);
    if (this.#aheadByMs.length > maxStamps) {
      this.#aheadByMs.shift();
    }
    this.#offsetMs = Math.max(...this.#aheadByMs);
  }
}
