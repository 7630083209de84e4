import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventHeap } from './eventHeap.ts';

/**
 * Simulated time. It stands still while code runs, and jumps to the next event when all of it waits. So nothing may wait for
 * anything but this clock and what is already in memory.
 */
export class SimulatedTime {
  #nowMs: number;
  readonly #events = new EventHeap<() => void>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** Epoch milliseconds. */
  readonly now = (): number => this.#nowMs;

  readonly sleep = (ms: number): Promise<void> => this.sleepUntil(this.#nowMs + ms);

  readonly sleepUntil = (untilMs: number): Promise<void> =>
    new Promise((resolve) => this.at(untilMs, resolve));

  /** Has a function called at a moment, or as soon as possible if it is over. */
  at(atMs: number, event: () => void): void {
    this.#events.add(Math.max(atMs, this.#nowMs), event);
  }

  /** Lets time pass until a moment, or until nothing is left to happen. */
  async runUntil(untilMs: number): Promise<void> {
    // What was started before this call runs until it waits.
    await nextTurn();
    for (;;) {
      const next = this.#events.firstKey();
      if (next === undefined || next > untilMs) {
        break;
      }
      this.#nowMs = next;
      this.#events.takeFirst()?.();
      // All that follows from this event runs before time goes on.
      await nextTurn();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}
