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
    while (this.happenNext(untilMs)) {
      // All that follows from this event runs before time goes on.
      await nextTurn();
    }
    this.moveTo(untilMs);
  }

  /**
   * Lets the next event happen, if one is due by a moment. Nothing that follows from it has run yet.
   *
   * @returns whether there was one
   */
  happenNext(untilMs: number): boolean {
    const next = this.#events.firstKey();
    if (next === undefined || next > untilMs) {
      return false;
    }
    this.moveTo(next);
    this.#events.takeFirst()?.();
    return true;
  }

  /** Sets the clock to a moment, unless it is past it. Events that are due by then happen later. */
  moveTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }
}
