import { ApiError } from './apiError.ts';

/**
 * A cap on how much work of one kind is under way.
 *
 * Source: Mavera guide, "Rate limits": 10 calls of `/mave/chat`, 5 generations of `/focus-groups`. What a breach
 * answers is not documented; GUESS: the same 429 as for the rate limit, with `Retry-After: 1`.
 */
export class ConcurrencyCap {
  readonly #name: string;
  readonly #limit: number;
  #running = 0;
  #greatest = 0;

  /** @param name of the work in the plural, for the message of a refusal */
  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  /** The greatest number under way, refused work included. */
  get greatest(): number {
    return this.#greatest;
  }

  /**
   * Admits one more piece of work that outlives its call.
   *
   * @param underWay how many there are now
   *
   * @throws ApiError 429
   */
  admit(underWay: number): void {
    this.#greatest = Math.max(this.#greatest, underWay + 1);
    if (underWay >= this.#limit) {
      throw new ApiError('rate_limit_exceeded', {
        message: `Too many concurrent ${this.#name} (limit ${this.#limit}).`,
        headers: { 'Retry-After': '1' },
      });
    }
  }

  /**
   * Does work that ends with its call.
   *
   * @throws ApiError 429
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.admit(this.#running);
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
