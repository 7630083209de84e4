/** Looks at SQS's clock that are remembered: a local clock may be set meanwhile. */
const maxLooks = 16;

/**
 * The clock that all environments share, as well as each of them can know it: SQS stamps every message with the moment
 * of its first delivery. What such a stamp is ahead of the local clock, the local clock is behind, by at least that;
 * the delivery itself takes some milliseconds, so that the greatest of the last differences is the nearest to the truth.
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
    if (!Number.isFinite(firstReceivedAtMs) || firstReceivedAtMs <= 0) {
      return;
    }
    this.#aheadByMs.push(firstReceivedAtMs - this.#localNow());
    if (this.#aheadByMs.length > maxLooks) {
      this.#aheadByMs.shift();
    }
    this.#offsetMs = Math.max(...this.#aheadByMs);
  }
}
