import type { DispatcherState } from '../../../functions/ledger/dispatcherState.ts';

/** Keeps admission and dispatcher from parking and dispatching, from now until some time after the last renewal. */
export class ParkingOff {
  readonly #dispatcher: DispatcherState;
  readonly #forMs: number;
  readonly #now: () => number;
  #setAtMs = 0;

  /** @param forMs how long it lasts after each renewal */
  constructor(dispatcher: DispatcherState, forMs: number, now: () => number) {
    this.#dispatcher = dispatcher;
    this.#forMs = forMs;
    this.#now = now;
  }

  /** @returns until when nothing is parked, in epoch milliseconds */
  async renew(): Promise<number> {
    this.#setAtMs = this.#now();
    const untilMs = this.#setAtMs + this.#forMs;
    await this.#dispatcher.setParkingOff(untilMs);
    return untilMs;
  }

  /** Renews it if a quarter of the time is over. */
  async renewInTime(): Promise<void> {
    if (this.#now() - this.#setAtMs > this.#forMs / 4) {
      await this.renew();
    }
  }
}
