/** How many stamps of SQS are remembered. They are forgotten because the local clock may be set in the meantime. */
const maxStamps = 16;
/**
 * A stamp that is older was not delivered at once: an invocation may wait for minutes when it is throttled, and a batch is
 * worked through one by one. It does not say that the local clock is ahead. A run's lease ends this much after its
 * invocation, so that it does not end before it began by the clocks of others.
 */
const maxDeliveryMs = 2_000;
/** No machine's clock is behind by more than this; such a stamp is wrong. */
const maxBehindMs = 3_600_000;

/**
 * The clock that all environments share, as well as each of them can know it. SQS stamps every message with the time of
 * its first delivery. If the stamp is ahead of the local clock, the local clock is behind by at least the difference.
 * The delivery takes some milliseconds, so the greatest of the last differences is the nearest to the truth.
 */
export class SharedClock {
  readonly #localNow: () => number;
  readonly #aheadByMs: number[] = [];
  #offsetMs = 0;

  constructor(localNow: () => number) {
    this.#localNow = localNow;
  }

  /** Epoch milliseconds. */
  readonly now = (): number => this.#localNow() + this.#offsetMs;

  /**
   * Learns from a message that has just been delivered for the first time.
   *
   * @param firstReceivedAtMs SQS's `ApproximateFirstReceiveTimestamp`
   */
  learn(firstReceivedAtMs: number): void {
    const aheadByMs = firstReceivedAtMs - this.#localNow();
    if (!(aheadByMs >= -maxDeliveryMs && aheadByMs <= maxBehindMs)) {
      return;
    }
    this.#aheadByMs.push(aheadByMs);
    if (this.#aheadByMs.length > maxStamps) {
      this.#aheadByMs.shift();
    }
    this.#offsetMs = Math.max(...this.#aheadByMs);
  }
}
