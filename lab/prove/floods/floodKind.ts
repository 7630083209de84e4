import type { Random } from '../../../simulators/mavera/seededRandom.ts';
import type { BadEvents } from './badEvents.ts';
import type { GoodTraffic } from './goodTraffic.ts';
import { type Answer, type RawRequest, sendRaw } from './rawRequest.ts';
import type { WantedEvent } from './wantedEvent.ts';

/** What a flood is made with. */
export interface FloodWorld {
  readonly url: URL;
  /** The receiver's own: for the floods that are rightly signed. */
  readonly secret: string;
  readonly bad: BadEvents;
  readonly good: GoodTraffic;
}

/** What one request of a flood is made with. */
export interface Making {
  readonly secret: string;
  readonly random: Random;
  /** How many requests of this kind there were before: takes turns between the variants of a kind. */
  readonly turn: number;
  /** An event that would start a run, were it let in. @param route where it is posted to */
  badEvent(route?: string): WantedEvent;
}

/** One way to flood the receiver. */
export interface FloodKind {
  readonly name: string;
  /** What is documented to be answered; 503, which Segment tries again, may come before it. */
  readonly answers: ReadonlySet<Answer>;
  /** Requests at a time. */
  readonly atOnce: number;
  /** How often the function is invoked at most; what is sent as good traffic is counted there. */
  readonly invokes: 'once a request' | 'never' | 'as good traffic';
  /** Sends one request, or delivers one with its retries. @returns what was answered each time */
  send(world: FloodWorld, turn: number, random: Random): Promise<readonly Answer[]>;
}

/** How a hostile kind differs from a small request that the function answers. */
export interface HostileOptions {
  readonly atOnce?: number;
  /** The front answers it, or nobody does. @default true */
  readonly reachesFunction?: boolean;
}

/** A kind of which no request may be let in, or start anything. */
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
    send: async ({ url, secret, bad }, turn, random) => {
      const badEvent = (route?: string): WantedEvent => bad.make(name, route);
      return [await sendRaw(url, make({ secret, random, turn, badEvent }))];
    },
  };
}

/** One of the variants, each in its turn. */
export function inTurn<Variant>(variants: readonly [Variant, ...Variant[]], turn: number): Variant {
  return variants[turn % variants.length] ?? variants[0];
}
