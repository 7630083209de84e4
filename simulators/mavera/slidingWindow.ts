/** Length of Mavera's rate-limit window. */
export const windowMs = 60_000;

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
 * Mavera's rate limit: at most `limit` calls in any 60 seconds, counted from each call, not from the full minute.
 * GUESS: a refused call does not count.
 *
 * Source: Mavera guide, "Rate limits".
 */
export class SlidingWindow {
  readonly #limit: number;
  readonly #admittedAtMs: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
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
      resetAtMs: oldestMs === undefined ? nowMs : oldestMs + windowMs,
    };
  }

  #forget(nowMs: number): void {
    while (this.#admittedAtMs[0] !== undefined && this.#admittedAtMs[0] <= nowMs - windowMs) {
      this.#admittedAtMs.shift();
    }
  }
}

/** Counts every call, refused ones too: the greatest number within any 60 seconds. */
export class BusiestWindow {
  readonly #calledAtMs: number[] = [];
  #greatest = 0;

  record(nowMs: number): void {
    this.#calledAtMs.push(nowMs);
    while (this.#calledAtMs[0] !== undefined && this.#calledAtMs[0] <= nowMs - windowMs) {
      this.#calledAtMs.shift();
    }
    this.#greatest = Math.max(this.#greatest, this.#calledAtMs.length);
  }

  get greatest(): number {
    return this.#greatest;
  }
}

/** The headers that every answer of Mavera carries, and `Retry-After` (whole seconds) on a refusal. */
export function rateLimitHeaders(admission: Admission, nowMs: number): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    'X-RateLimit-Limit': String(admission.limit),
    'X-RateLimit-Remaining': String(admission.remaining),
    'X-RateLimit-Reset': String(Math.ceil(admission.resetAtMs / 1000)),
  };
  if (!admission.admitted) {
    headers['Retry-After'] = String(Math.max(1, Math.ceil((admission.resetAtMs - nowMs) / 1000)));
  }
  return headers;
}
