import {
  claimOf,
  markerFor,
  type OtherSource,
  type WantedEvent,
  wantedElement,
  wantedEvent,
} from './wantedEvent.ts';

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
    const event = wantedEvent(this.#nextMarker());
    this.#kindByClaim.set(claimOf(event.messageId, route), kind);
    return event;
  }

  /** An element of another source than Segment. */
  makeFor(source: OtherSource, kind: string): object {
    const marker = markerFor(source, this.#nextMarker());
    this.#kindByClaim.set(claimOf(marker), kind);
    return wantedElement(source, marker);
  }

  /** The kind of flood that sent an event, by the key of the claim that the event would get. */
  get kindByClaim(): ReadonlyMap<string, string> {
    return this.#kindByClaim;
  }

  #nextMarker(): string {
    this.#made += 1;
    return `flood-bad-${this.#seed}-${this.#made}`;
  }
}
