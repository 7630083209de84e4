import type { HistoryEntry } from './runHistory.ts';

/** One delivery's hold on a run. */
export interface RunLease {
  readonly runId: string;
  /** Random, one per delivery. */
  readonly owner: string;
}

/** On what terms a run is taken. */
export interface TakeOptions {
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  /** When the record may be deleted; the table's TTL attribute. */
  readonly expiresAtSeconds: number;
}

/** Credits that a run has reserved. */
export interface CreditReservation {
  readonly credits: number;
  /** Keys of the budgets, in order. */
  readonly budgets: readonly string[];
}

/** How much of a run has been kept for people to look at: 0 nothing, 1 its events, 2 its request as well. */
export type DetailsKept = 0 | 1 | 2;

/** What earlier deliveries of a run have left. */
export interface RunSoFar {
  /** Calls made that count. */
  readonly attempts: number;
  /** The run was to wait until then; 0 when it was not to wait. */
  readonly notBeforeMs: number;
  /** Start of a call whose answer did not arrive, in epoch milliseconds: the work may be done. */
  readonly lostCallAtMs?: number | undefined;
  readonly creditReservation?: CreditReservation | undefined;
  /** Work that Mavera has taken on and not finished, and since when. */
  readonly pending?: { readonly id: string; readonly sinceMs: number } | undefined;
  /** The collection that it has joined. */
  readonly collection?: { readonly id: string; readonly key: string } | undefined;
  /** Number of the events that it performs, when it has closed the collection. */
  readonly collected?: number | undefined;
  /** What has been kept for people to look at: 0 nothing, 1 its events, 2 its request as well. */
  readonly detailsKept: DetailsKept;
  readonly history: readonly HistoryEntry[];
}

/** What taking a run came to. */
export type TakenRun =
  | ({ readonly kind: 'taken' } & RunSoFar)
  | {
      readonly kind: 'finished';
      readonly end: RunEnd;
      readonly finishedAtMs: number;
      readonly isReported: boolean;
    }
  | { readonly kind: 'busy'; readonly leaseUntilMs: number };

/** How an announced call ended, for a run that has to wait. */
export interface EndedCall {
  /** Calls made that count against the limit, this one included if it does. */
  readonly attempts: number;
  /** Whether it is not known if it did its work. */
  readonly answerLost: boolean;
}

/** Why and until when a run waits. */
export interface RunWait {
  readonly nowMs: number;
  readonly notBeforeMs: number;
  /** One of a few words, e.g. `pace`. */
  readonly reason: string;
  /** How the call ended that was announced; absent when none was announced. */
  readonly call?: EndedCall | undefined;
  /** Id of the work that Mavera has taken on. */
  readonly pendingId?: string | undefined;
  readonly detailsKept: DetailsKept;
  readonly history: readonly HistoryEntry[];
}

/** A run's end. */
export interface RunEnd {
  readonly state: 'done' | 'failed' | 'skipped';
  /** One of a few words, e.g. `expired`; for what is not `done`. */
  readonly reason?: string | undefined;
  /** A sentence for people; may hold what the customer's event held. */
  readonly detail?: string | undefined;
  readonly creditsUsed?: number | undefined;
  /** JSON. */
  readonly result?: string | undefined;
}

/** What is recorded with a run's end. */
export interface EndOptions {
  readonly nowMs: number;
  readonly history: readonly HistoryEntry[];
  /** What the run had reserved, and what of it was spent. */
  readonly settlement?:
    | { readonly creditReservation: CreditReservation; readonly creditsSpent: number }
    | undefined;
  /** Whether a call's work may have been done unseen: a redrive looks for it. */
  readonly answerLost: boolean;
}
