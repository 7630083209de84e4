/** No value of the secret was ever had: it is not configured, or its store cannot be reached. */
export class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
}

/** What a cached secret needs from outside. */
export interface CachedSecretOptions<Value> {
  /** Fetches and reads the current value. */
  readonly fetch: () => Promise<Value>;
  readonly now: () => number;
  /** Told of each failed fetch; the value in use stays. */
  readonly onTrouble: (error: unknown) => void;
  /** Age from which a value is fetched anew, in the background. */
  readonly maxAgeMs: number;
  /** Least time between two fetches that were asked for early. */
  readonly earlyRefreshEveryMs: number;
  /** Least time between two background fetches of which the first failed. */
  readonly retryEveryMs: number;
}

/**
 * A secret that is fetched once and then kept: fetched anew in the background when it is old, kept on although
 * it is old when its store fails, and fetched early when it no longer seems to be the right one.
 */
export class CachedSecret<Value> {
  readonly #options: CachedSecretOptions<Value>;
  #current: { readonly value: Value; readonly fetchedAtMs: number } | undefined;
  #fetching: Promise<Value> | undefined;
  #lastTryAtMs = Number.NEGATIVE_INFINITY;
  #lastTryFailed = false;
  #lastEarlyRefreshAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: CachedSecretOptions<Value>) {
    this.#options = options;
  }

  /** Starts the first fetch before anybody needs it; its failure shows when somebody does. */
  warm(): void {
    this.#fetch().catch(() => undefined);
  }

  /**
   * The value; at once when there is one, however old.
   *
   * @throws SecretUnavailableError when there never was one and it cannot be had now
   */
  async get(): Promise<Value> {
    if (this.#current === undefined) {
      return await this.#fetch();
    }
    this.#refreshInBackground(this.#current.fetchedAtMs);
    return this.#current.value;
  }

  /**
   * Fetches the value now, for when it may have been rotated.
   *
   * @returns the value, or `undefined` when it is too early to ask again
   * @throws SecretUnavailableError when it cannot be had now: nothing is proven with the old one
   */
  async refreshEarly(): Promise<Value | undefined> {
    const { now, earlyRefreshEveryMs, retryEveryMs } = this.#options;
    if (now() - this.#lastEarlyRefreshAtMs < earlyRefreshEveryMs) {
      return undefined;
    }
    if (this.#lastTryFailed && this.#fetching === undefined && now() - this.#lastTryAtMs < retryEveryMs) {
      throw new SecretUnavailableError('The secret could not be read a moment ago');
    }
    const value = await this.#fetch();
    this.#lastEarlyRefreshAtMs = now();
    return value;
  }

  #refreshInBackground(fetchedAtMs: number): void {
    const nowMs = this.#options.now();
    const { maxAgeMs, retryEveryMs } = this.#options;
    if (nowMs - fetchedAtMs >= maxAgeMs && nowMs - this.#lastTryAtMs >= retryEveryMs) {
      this.#fetch().catch(() => undefined);
    }
  }

  /** One fetch at a time, shared by all who wait for it. */
  async #fetch(): Promise<Value> {
    this.#fetching ??= this.#fetchNow().finally(() => {
      this.#fetching = undefined;
    });
    return await this.#fetching;
  }

  async #fetchNow(): Promise<Value> {
    this.#lastTryAtMs = this.#options.now();
    try {
      const value = await this.#options.fetch();
      this.#current = { value, fetchedAtMs: this.#options.now() };
      this.#lastTryFailed = false;
      return value;
    } catch (error) {
      this.#lastTryFailed = true;
      this.#options.onTrouble(error);
      throw new SecretUnavailableError('The secret cannot be read', { cause: error });
    }
  }
}
