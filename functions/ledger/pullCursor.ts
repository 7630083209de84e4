import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { LedgerItem } from './ledgerTable.ts';

/** What an occurrence has come to so far. */
export interface PullCounts {
  readonly steps: number;
  readonly calls: number;
  /** Rows of files. */
  readonly rows: number;
  /** Items that it found. */
  readonly items: number;
  /** Runs that it queued. */
  readonly runs: number;
  /** What these are expected to cost. */
  readonly credits: number;
  /** Items that have not changed. */
  readonly unchanged: number;
  /** Items that the filter of the trigger, or its sample, leaves out. */
  readonly leftOut: number;
  /** Items beyond `atMost`, which are not queued. */
  readonly beyond: number;
  /** Items of which no event could be made. */
  readonly unusable: number;
}

export const noCounts: PullCounts = {
  steps: 0,
  calls: 0,
  rows: 0,
  items: 0,
  runs: 0,
  credits: 0,
  unchanged: 0,
  leftOut: 0,
  beyond: 0,
  unusable: 0,
};

/** How an occurrence ended. */
export interface PullEnd {
  readonly status: 'done' | 'failed' | 'stopped';
  /** A sentence for people; absent of what is done. */
  readonly detail?: string | undefined;
  readonly counts: PullCounts;
}

/** An occurrence that is over. */
export interface EndedOccurrence extends PullEnd {
  readonly occurrence: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A state of an occurrence that later ones are compared with. */
export interface StateMark {
  readonly digest: string;
  /** The step that was given it. */
  readonly version: number;
  /** After so many steps another state takes its place. */
  readonly steps: number;
}

/** Where a pull stands. Times are epoch milliseconds. */
export interface PullCursor {
  readonly trigger: string;
  readonly occurrence: string;
  readonly isAtWork: boolean;
  /** Grows by one with each step. */
  readonly version: number;
  /** What the next step is given. */
  readonly state: unknown;
  readonly startedAtMs: number;
  /** From then on the occurrence fails. */
  readonly endsAtMs: number;
  /** When the next step is due. */
  readonly dueAtMs: number;
  /** Tries of this step that brought nothing. */
  readonly failures: number;
  /** What the step waits for: a sentence for people. */
  readonly waitsFor?: string | undefined;
  /** Until then a delivery may work on the step; absent while none does. */
  readonly leaseUntilMs?: number | undefined;
  readonly counts: PullCounts;
  /** Tells a circle of states. */
  readonly mark?: StateMark | undefined;
  /** The occurrence that ended last. */
  readonly last?: EndedOccurrence | undefined;
  /** The occurrence whose end was told last. */
  readonly toldOccurrence?: string | undefined;
}

/** Reads the item of a pull. */
export function cursorOf(item: LedgerItem): PullCursor {
  return {
    trigger: item.trigger?.S ?? '',
    occurrence: item.occurrence?.S ?? '',
    isAtWork: item.status?.S === 'working',
    version: Number(item.version?.N ?? 0),
    state: item.state?.B === undefined ? undefined : inflated(item.state.B),
    startedAtMs: Number(item.startedAtMs?.N ?? 0),
    endsAtMs: Number(item.endsAtMs?.N ?? 0),
    dueAtMs: Number(item.dueAtMs?.N ?? 0),
    failures: Number(item.failures?.N ?? 0),
    waitsFor: item.waitsFor?.S,
    leaseUntilMs: item.leaseUntilMs?.N === undefined ? undefined : Number(item.leaseUntilMs.N),
    counts: { ...noCounts, ...(JSON.parse(item.counts?.S ?? '{}') as Partial<PullCounts>) },
    mark: item.mark?.S === undefined ? undefined : (JSON.parse(item.mark.S) as StateMark),
    last: item.last?.S === undefined ? undefined : (JSON.parse(item.last.S) as EndedOccurrence),
    toldOccurrence: item.toldOccurrence?.S,
  };
}

/** How the state of a pull is written. */
export function deflated(state: unknown): { readonly B: Uint8Array } {
  return { B: deflateRawSync(JSON.stringify(state)) };
}

function inflated(state: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(state).toString());
}
