import type { Account } from './account.ts';
import type { CallLog } from './callLog.ts';
import type { Faults } from './faults.ts';
import { BusiestWindow, SlidingWindow } from './slidingWindow.ts';

/** Waits, unless the simulator is stopped. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The state of one running simulator: the account, and the counts around it. */
export interface Simulation {
  readonly account: Account;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly limits: KeyLimits;
  /** The only key that is accepted; `undefined`: every key of the documented form. */
  readonly apiKey: string | undefined;
  readonly sleep: Sleep;
  /** Aborted when the simulator stops. */
  readonly stopped: AbortSignal;
}

/** The rate limit and the count of each key. */
export class KeyLimits {
  readonly #requestsPerMinute: number;
  readonly #windows = new Map<string, SlidingWindow>();
  readonly #busiest = new Map<string, BusiestWindow>();

  constructor(requestsPerMinute: number) {
    this.#requestsPerMinute = requestsPerMinute;
  }

  windowOf(key: string): SlidingWindow {
    return getOrAdd(this.#windows, key, () => new SlidingWindow(this.#requestsPerMinute));
  }

  /** Counts a call with a valid key, before the limit is checked. */
  record(key: string, nowMs: number): void {
    getOrAdd(this.#busiest, key, () => new BusiestWindow()).record(nowMs);
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
