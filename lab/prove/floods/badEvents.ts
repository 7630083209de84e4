import { claimOf, type WantedEvent, wantedEvent } from './wantedEvent.ts';

/** The events of requests that must not be let in: every one of them would start a run if it were. */
export class BadEvents {
  readonly #kindByClaim = new Map<string, string>();
  readonly #seed: number;
  #made = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** @param kind of the flood that sends it; @param route where it is posted to */
  make(kind: string, route = 'default'): WantedEvent {
    this.#made += 1;
    const event = wantedEvent(`flood-bad-${this.#seed}-${this.#made}`);
    this.#kindByClaim.set(claimOf(event.messageId, route), kind);
    return event;
  }

  /** Which kind of flood a claim would be from. */
  get kindByClaim(): ReadonlyMap<string, string> {
    return this.#kindByClaim;
  }
}
