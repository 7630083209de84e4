import type { Random } from '../../../simulators/mavera/seededRandom.ts';
import type { BadEvents } from './badEvents.ts';
import type { GoodTraffic, SourceSecrets } from './goodTraffic.ts';
import { type Answer, type RawRequest, sendRaw } from './rawRequest.ts';
import type { OtherSource, WantedEvent } from './wantedEvent.ts';

/** What the requests of a flood are made from. */
export interface FloodWorld {
  readonly url: URL;
  /** The receiver's shared secret, for floods with correct signatures. */
  readonly secret: string;
  /** What the other sources sign with. */
  readonly sources: SourceSecrets;
  readonly bad: BadEvents;
  readonly good: GoodTraffic;
}

/** What one request of a flood is made from. */
export interface Making {
  readonly secret: string;
  readonly sources: SourceSecrets;
  readonly random: Random;
  /** How many requests of this kind there were before; it selects the variant. */
  readonly turn: number;
  /** An event that would start a run if it were accepted. @param route where it is posted to */
  badEvent(route?: string): WantedEvent;
  /** The same as an element of another source than Segment. */
  badElement(source: OtherSource): object;
}

/** One way to flood the receiver. */
export interface FloodKind {
  readonly name: string;
  /** The documented answers. 503, after which Segment tries again, may come before them. */
  readonly answers: ReadonlySet<Answer>;
  /** Requests at a time. */
  readonly atOnce: number;
  /** How often the function may be invoked. `as good traffic`: these requests are counted with the good traffic. */
  readonly invokes: 'once a request' | 'never' | 'as good traffic';
  /** Sends one request, or delivers one with its retries. @returns every answer */
  send(world: FloodWorld, turn: number, random: Random): Promise<readonly Answer[]>;
}

/** How a hostile kind differs from small requests that the function answers. */
export interface HostileOptions {
  readonly atOnce?: number;
  /** `false`: the front answers, or nobody does. @default true */
  readonly reachesFunction?: boolean;
}

/** A kind whose requests must all be refused, and start nothing. */
export function hostile(
  name: string,
  answers: readonly Answer[],
  make: (making: Making) => RawRequest,
  { atOnce = 4, reachesFunction = true }: HostileOptions = {},
): FloodKind {
  return {
    name,
    answers: new Set(answers),
    atOnce,
    invokes: reachesFunction ? 'once a request' : 'never',
    send: async ({ url, secret, sources, bad }, turn, random) => {
      const badEvent = (route?: string): WantedEvent => bad.make(name, route);
      const badElement = (source: OtherSource): object => bad.makeFor(source, name);
      return [await sendRaw(url, make({ secret, sources, random, turn, badEvent, badElement }))];
    },
  };
}

/** Takes the variants in turn. */
export function inTurn<Variant>(variants: readonly [Variant, ...Variant[]], turn: number): Variant {
  return variants[turn % variants.length] ?? variants[0];
}
