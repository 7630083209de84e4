import { ApiError } from './apiError.ts';

/** Credits of the current billing period (a calendar month, UTC). */
export interface CreditBalance {
  readonly used: number;
  readonly included: number;
  readonly remaining: number;
}

/** The account's monthly credits; unused credits do not roll over. */
export class Credits {
  readonly #included: number;
  readonly #now: () => number;
  #used = 0;
  #month = '';

  constructor(included: number, now: () => number) {
    this.#included = included;
    this.#now = now;
  }

  balance(): CreditBalance {
    this.#startMonth();
    return { used: this.#used, included: this.#included, remaining: this.#included - this.#used };
  }

  /** @throws ApiError 402 `credits_exhausted` when there are not enough left; then nothing is charged */
  charge(credits: number): void {
    if (this.balance().remaining < credits) {
      throw new ApiError('credits_exhausted');
    }
    this.#used += credits;
  }

  #startMonth(): void {
    const month = new Date(this.#now()).toISOString().slice(0, 7);
    if (month !== this.#month) {
      this.#month = month;
      this.#used = 0;
    }
  }
}
