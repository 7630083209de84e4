import { claimOf, type WantedEvent, wantedEvent } from './wantedEvent.ts';

/** Events of requests that must be refused. Each would start a run if it were accepted. */
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

  /** The kind of flood that sent an event, by the key of the claim that the event would get. */
  get kindByClaim(): ReadonlyMap<string, string> {
    return this.#kindByClaim;
  }
}
