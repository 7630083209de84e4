/** The secret has never been read: it is not configured, or its store cannot be reached. */
export class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
}

/** What a cached secret needs from outside. */
export interface CachedSecretOptions<Value> {
  /** Fetches and reads the current value; throws when it cannot be reached, or is not readable as this secret. */
  readonly fetch: () => Promise<Value>;
  readonly now: () => number;
  /** Told of each failed fetch; the value in use stays. */
  readonly onTrouble: (error: unknown) => void;
  /** Age up to which a value is used; an older one only when fetching it again has failed. */
  readonly maxAgeMs: number;
  /** Least time between two early fetches. */
  readonly earlyRefreshEveryMs: number;
  /** Least time between the start of a failed fetch and the next one. */
  readonly retryEveryMs: number;
}

/** A fetch under way. */
interface Fetch<Value> {
  readonly startedAtMs: number;
  readonly value: Promise<Value>;
}

/** From this share of its greatest age on, a value is fetched again in the background. */
const refreshFrom = 0.8;

/**
 * A secret that is fetched once and then kept. It is fetched again in the background before it is too old, and early when
 * it no longer seems to be right. It is kept if its store fails.
 *
 * Its age counts from the start of the fetch. Lambda freezes an environment between two invocations, for hours: what a
 * fetch brings afterwards may be as old as that.
 */
export class CachedSecret<Value> {
  readonly #options: CachedSecretOptions<Value>;
  #current: { readonly value: Value; readonly startedAtMs: number } | undefined;
  #fetching: Fetch<Value> | undefined;
  #failedStartedAtMs = Number.NEGATIVE_INFINITY;
  #lastEarlyRefreshAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CachedSecretOptions<Value>) {
    this.#options = options;
  }

  /** Starts the first fetch before it is needed. If it fails, the first call of `get` fails too. */
  warm(): void {
    this.#fetch().catch(() => undefined);
  }

  /**
   * The value: at once if it is not too old, and otherwise after it was fetched again.
   *
   * @throws SecretUnavailableError when there has never been one and it cannot be read now
   */
  async get(): Promise<Value> {
    const current = this.#current;
    if (current === undefined) {
      return await this.#fetch();
    }
    const ageMs = this.#options.now() - current.startedAtMs;
    if (ageMs < this.#options.maxAgeMs * refreshFrom || this.#hasJustFailed()) {
      return current.value;
    }
    const fetching = this.#fetch().catch(() => (this.#current ?? current).value);
    return ageMs < this.#options.maxAgeMs ? current.value : await fetching;
  }

  /**
   * Fetches the value now, for when it may have been rotated.
   *
   * @param olderThanMs the value in use may be wrong only if its fetch was started before this moment: the arrival of a
   *   request that starts an environment, which fetches the secret then anyway @default any value may be wrong
   * @returns the value, or `undefined` when the one in use is new enough, or it is too early to ask again
   * @throws SecretUnavailableError when it cannot be read now: the old value proves nothing
   */
  async refreshEarly(olderThanMs = Number.POSITIVE_INFINITY): Promise<Value | undefined> {
    const { now, earlyRefreshEveryMs } = this.#options;
    if (this.#current !== undefined && this.#current.startedAtMs >= olderThanMs) {
      return undefined;
    }
    if (now() - this.#lastEarlyRefreshAtMs < earlyRefreshEveryMs) {
      return undefined;
    }
    if (this.#fetching === undefined && this.#hasJustFailed()) {
      throw new SecretUnavailableError('The secret could not be read a moment ago');
    }
    const startedAtMs = now();
    const value = await this.#fetch();
    this.#lastEarlyRefreshAtMs = startedAtMs;
    return value;
  }

  #hasJustFailed(): boolean {
    return this.#options.now() - this.#failedStartedAtMs < this.#options.retryEveryMs;
  }

  /** One fetch at a time, shared by all who wait for it, unless it was started too long ago. */
  async #fetch(): Promise<Value> {
    const { now, earlyRefreshEveryMs } = this.#options;
    if (this.#fetching === undefined || now() - this.#fetching.startedAtMs >= earlyRefreshEveryMs) {
      this.#fetching = this.#startFetch(now());
    }
    return await this.#fetching.value;
  }

  #startFetch(startedAtMs: number): Fetch<Value> {
    const value = this.#fetchNow(startedAtMs).finally(() => {
      if (this.#fetching?.startedAtMs === startedAtMs) {
        this.#fetching = undefined;
      }
    });
    return { startedAtMs, value };
  }

  async #fetchNow(startedAtMs: number): Promise<Value> {
    try {
      const value = await this.#options.fetch();
      if (this.#current === undefined || this.#current.startedAtMs <= startedAtMs) {
        this.#current = { value, startedAtMs };
      }
      return value;
    } catch (error) {
      this.#failedStartedAtMs = startedAtMs;
      this.#options.onTrouble(error);
      throw new SecretUnavailableError('The secret cannot be read', { cause: error });
    }
  }
}
