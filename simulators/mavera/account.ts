import { ConcurrencyCap } from './concurrencyCap.ts';
import { Credits } from './credits.ts';
import { type DrawLatency, type LatencyOption, latencyDrawer } from './latency.ts';
import { idMaker } from './newId.ts';
import type { FocusGroup } from './resources/focusGroup.ts';
import type { Persona } from './resources/persona.ts';
import type { Thread } from './resources/thread.ts';
import { defaultWorkspace, type Workspace } from './resources/workspace.ts';
import { seededRandom } from './seededRandom.ts';

/** The properties of an account; the simulator has defaults for all. */
export interface AccountOptions {
  readonly requestsPerMinute: number;
  readonly monthlyCredits: number;
  readonly maveConcurrency: number;
  /** How many focus groups are generated at a time. */
  readonly focusGroupConcurrency: number;
  /** How long the generation of a focus group takes, on the account's clock. */
  readonly focusGroupMs: number;
  readonly latency: LatencyOption;
  readonly seed: number;
  /** @default one */
  readonly workspaces?: readonly Workspace[];
  readonly now: () => number;
}

/** The state of the simulated Mavera account; the resources read and change it. */
export interface Account {
  readonly requestsPerMinute: number;
  readonly credits: Credits;
  /** Custom personas by id, oldest first. */
  readonly personas: Map<string, Persona>;
  /** Threads by id, the most recently used one last. */
  readonly threads: Map<string, Thread>;
  /** Focus groups by id, oldest first. */
  readonly focusGroups: Map<string, FocusGroup>;
  readonly workspaces: readonly Workspace[];
  readonly focusGroupMs: number;
  readonly maveCap: ConcurrencyCap;
  /** The cap on generations, which outlive their `POST /focus-groups`. */
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
    workspaces: options.workspaces ?? [defaultWorkspace],
    focusGroupMs: options.focusGroupMs,
    maveCap: new ConcurrencyCap('calls of /mave/chat', options.maveConcurrency),
    focusGroupCap: new ConcurrencyCap('generations of /focus-groups', options.focusGroupConcurrency),
    drawLatency: latencyDrawer(options.latency, seededRandom(seed)),
    newId: idMaker(now, seededRandom(seed + 1)),
    now,
    usage: { requests: 0, errors: 0, durationMs: 0 },
  };
}
