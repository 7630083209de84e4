import { type Admission, BusiestWindow, SlidingWindow } from '../http/slidingWindow.ts';

/** Length of Mavera's rate-limit window. Source: Mavera guide, "Rate limits". */
export const windowMs = 60_000;

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

/** The rate limit and the count of each key. GUESS: a refused call does not count. */
export class KeyLimits {
  readonly #requestsPerMinute: number;
  readonly #windows = new Map<string, SlidingWindow>();
  readonly #busiest = new Map<string, BusiestWindow>();

  constructor(requestsPerMinute: number) {
    this.#requestsPerMinute = requestsPerMinute;
  }

  windowOf(key: string): SlidingWindow {
    return getOrAdd(this.#windows, key, () => new SlidingWindow(this.#requestsPerMinute, windowMs));
  }

  /** Counts a call with a valid key, before the limit is checked. */
  record(key: string, nowMs: number): void {
    getOrAdd(this.#busiest, key, () => new BusiestWindow(windowMs)).record(nowMs);
  }

  /** The greatest number of calls of one key within any 60 seconds, refused ones included. */
  get greatest(): number {
    return Math.max(0, ...[...this.#busiest.values()].map(({ greatest }) => greatest));
  }
}

function getOrAdd<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  map.set(key, made);
  return made;
}
