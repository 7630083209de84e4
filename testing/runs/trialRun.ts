import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import type { SentRequest } from '../wire/answer.ts';

/** A call of a lookup, over the wire. */
export interface SentLookup {
  /** The name that the trigger's functions use. */
  readonly name: string;
  readonly system: 'mavera' | 'segment' | 'segmentProfiles' | 'segops';
  readonly method: string;
  readonly path: string;
}

/** A report of a result, over the wire. */
export interface SentReport {
  readonly to: 'segment' | 'segops';
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Any call over the wire, with what came back. */
export interface SentCall {
  /** ISO 8601, in simulated time. */
  readonly at: string;
  readonly system: string;
  readonly method: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** `lost`: no answer came back. */
  readonly status: number | 'lost';
}

/**
 * A run as it stands. It does not change: ask the trial again after time has passed.
 *
 * @typeParam Result what the trigger's action gives
 */
export interface TrialRun<Result = Readonly<Record<string, unknown>>> {
  /** 40 hex characters, the same in each trial for the same event. */
  readonly id: string;
  readonly trigger: string;
  readonly state: 'done' | 'skipped' | 'waiting' | 'failed';
  /** Why it is not done, in the words of the ledger, such as `cooldown`. Absent also before its first delivery. */
  readonly reason?: string;
  /** A sentence on the reason: of a failure, what exactly was wrong. */
  readonly detail?: string;
  /** ISO 8601: until when it waits, where that is known. */
  readonly waitsUntil?: string;
  readonly event: SegmentEvent;
  /** The requests to Mavera that do work, in their order. */
  readonly requests: readonly SentRequest[];
  readonly lookups: readonly SentLookup[];
  readonly reports: readonly SentReport[];
  /** Every call, also those that only read: polls, searches for a lost answer, and Mavera's usage. */
  readonly calls: readonly SentCall[];
  readonly credits: {
    /** What it is expected to cost: this is reserved in its budgets. */
    readonly expected: number;
    /** What Mavera says that it has cost; 0 while it is not done. */
    readonly used: number;
  };
  /** What its action gives, once it is done. */
  readonly result?: Result;
  /** Number of events that it was made for, if its trigger collects. */
  readonly collected?: number;
  /** Id of the run that it follows. */
  readonly follows?: string;
  /** What happened to it, in plain words. */
  readonly history: readonly string[];
}
