import type { Reason } from '../run/reasons.ts';

/** A parked run, as the dispatcher reads it. */
export interface ParkedEntry {
  readonly runId: string;
  /** Grows each time the run is parked. */
  readonly number: number;
  /** Its place in the lane, in epoch milliseconds. */
  readonly orderMs: number;
  /** When its deadline is over or its event is stale, whichever comes first. */
  readonly endsAtMs: number;
  /** What it is expected to cost. */
  readonly credits: number;
}

/** How many calls of an action Mavera accepts at once, and how long one of them takes. */
export interface ActionCap {
  readonly calls: number;
  readonly meanDurationMs: number;
}

/**
 * What one single run may find out while its lane is blocked: whether Mavera is well again, how many credits the account
 * has, or whether the API key can be read.
 */
export type Probe = 'breaker' | 'usage' | 'api_key';

/** Why a lane waits as a whole. */
export interface Block {
  readonly reason: Reason;
  /** One run may pass if no other run is finding out any of these. Empty: no run may pass. */
  readonly probes: readonly Probe[];
}

/** The parked runs of one trigger, and what decides which slots they get. */
export interface Lane {
  readonly trigger: string;
  /** Slots that it gets for each slot of a lane with weight 1. @default 1 */
  readonly weight?: number | undefined;
  /** Kind of the trigger's action. */
  readonly action: string;
  /** Absent when the action has no concurrency cap. */
  readonly cap?: ActionCap | undefined;
  /** Keys of the budgets that pay for its runs. */
  readonly budgets: readonly string[];
  /** Absent when its runs may go. */
  readonly block?: Block | undefined;
  /** Oldest first: all of them, or at least as many as there are slots. */
  readonly entries: readonly ParkedEntry[];
}
