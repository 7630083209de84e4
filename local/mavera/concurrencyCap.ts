import { ApiError } from './apiError.ts';

/**
 * A cap on the calls of one kind that are worked on at once.
 *
 * Source: Mavera guide, "Rate limits": 10 for `/mave/chat`, 5 for `/focus-groups`. What a breach answers is
 * not documented; GUESS: the same 429 as for the rate limit, with `Retry-After: 1`.
 */
export class ConcurrencyCap {
  readonly #name: string;
  readonly #limit: number;
  #running = 0;
  #greatest = 0;

  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  /** The greatest number of calls at once, the refused one included. */
  get greatest(): number {
    return this.#greatest;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#greatest = Math.max(this.#greatest, this.#running + 1);
    if (this.#running >= this.#limit) {
      throw new ApiError('rate_limit_exceeded', {
        message: `Too many concurrent ${this.#name} calls (limit ${this.#limit}).`,
        headers: { 'Retry-After': '1' },
      });
    }
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
