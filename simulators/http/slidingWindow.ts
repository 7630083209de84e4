/** The decision of the limit on one call. */
export interface Admission {
  readonly admitted: boolean;
  readonly limit: number;
  /** How many calls may still be made now. */
  readonly remaining: number;
  /** When the oldest call leaves the window, which frees one call; now, when the window is empty. */
  readonly resetAtMs: number;
}

/**
 * A rate limit: at most `limit` calls in any time of a length, counted from each call, not from the full minute. A refused
 * call does not count.
 */
export class SlidingWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #admittedAtMs: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  admit(nowMs: number): Admission {
    this.#forget(nowMs);
    const admitted = this.#admittedAtMs.length < this.#limit;
    if (admitted) {
      this.#admittedAtMs.push(nowMs);
    }
    return { ...this.look(nowMs), admitted };
  }

  /** Reads the limit without a call. */
  look(nowMs: number): Admission {
    this.#forget(nowMs);
    const [oldestMs] = this.#admittedAtMs;
    const remaining = this.#limit - this.#admittedAtMs.length;
    return {
      admitted: remaining > 0,
      limit: this.#limit,
      remaining,
      resetAtMs: oldestMs === undefined ? nowMs : oldestMs + this.#windowMs,
    };
  }

  #forget(nowMs: number): void {
    while (this.#admittedAtMs[0] !== undefined && this.#admittedAtMs[0] <= nowMs - this.#windowMs) {
      this.#admittedAtMs.shift();
    }
  }
}

/** Counts every call, refused ones too: the greatest number within any time of a length. */
export class BusiestWindow {
  readonly #windowMs: number;
  readonly #calledAtMs: number[] = [];
  #greatest = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  record(nowMs: number): void {
    this.#calledAtMs.push(nowMs);
    while (this.#calledAtMs[0] !== undefined && this.#calledAtMs[0] <= nowMs - this.#windowMs) {
      this.#calledAtMs.shift();
    }
    this.#greatest = Math.max(this.#greatest, this.#calledAtMs.length);
  }

  get greatest(): number {
    return this.#greatest;
  }
}
