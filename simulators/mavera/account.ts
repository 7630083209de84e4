import { ConcurrencyCap } from './concurrencyCap.ts';
import { Credits } from './credits.ts';
import { type DrawLatency, type LatencyOption, latencyDrawer } from './latency.ts';
import { idMaker } from './newId.ts';
import type { FocusGroup } from './resources/focusGroup.ts';
import type { Persona } from './resources/persona.ts';
import type { Thread } from './resources/thread.ts';
import { seededRandom } from './seededRandom.ts';

/** What an account is made of; all have defaults in the simulator. */
export interface AccountOptions {
  readonly requestsPerMinute: number;
  readonly monthlyCredits: number;
  readonly maveConcurrency: number;
  /** Focus groups that are generated at once. */
  readonly focusGroupConcurrency: number;
  /** How long a focus group is generated, on the account's clock. */
  readonly focusGroupMs: number;
  readonly latency: LatencyOption;
  readonly seed: number;
  readonly now: () => number;
}

/** Everything that the simulated Mavera account holds; the resources read and change it. */
export interface Account {
  readonly requestsPerMinute: number;
  readonly credits: Credits;
  /** Custom personas by id, oldest first. */
  readonly personas: Map<string, Persona>;
  /** Threads by id, the one that was used last at the end. */
  readonly threads: Map<string, Thread>;
  /** Focus groups by id, oldest first. */
  readonly focusGroups: Map<string, FocusGroup>;
  readonly focusGroupMs: number;
  readonly maveCap: ConcurrencyCap;
  /** On the generations, which outlive their `POST /focus-groups`. */
  readonly focusGroupCap: ConcurrencyCap;
  readonly drawLatency: DrawLatency;
  readonly newId: () => string;
  readonly now: () => number;
  readonly usage: { requests: number; errors: number; durationMs: number };
}

export function openAccount(options: AccountOptions): Account {
  const { now, seed } = options;
  return {
    requestsPerMinute: options.requestsPerMinute,
    credits: new Credits(options.monthlyCredits, now),
    personas: new Map(),
    threads: new Map(),
    focusGroups: new Map(),
    focusGroupMs: options.focusGroupMs,
    maveCap: new ConcurrencyCap('calls of /mave/chat', options.maveConcurrency),
    focusGroupCap: new ConcurrencyCap('generations of /focus-groups', options.focusGroupConcurrency),
    drawLatency: latencyDrawer(options.latency, seededRandom(seed)),
    newId: idMaker(now, seededRandom(seed + 1)),
    now,
    usage: { requests: 0, errors: 0, durationMs: 0 },
  };
}
