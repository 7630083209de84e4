/** One delivery's hold on a run. */
export interface RunHold {
  readonly runId: string;
  /** Random, one per delivery. */
  readonly owner: string;
}

/** On what terms a run is taken. */
export interface TakeTerms {
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  /** When the record may be deleted; the table's TTL attribute. */
  readonly expiresAtSeconds: number;
}

/** What taking a run came to. */
export type TakenRun =
  | {
      readonly kind: 'taken';
      readonly attempts: number;
      /** The run was to wait until then; 0 when it was not to wait. */
      readonly notBeforeMs: number;
      /** Start of a call whose answer did not arrive, in epoch milliseconds: the work may be done. */
      readonly lostCallAtMs?: number | undefined;
    }
  | { readonly kind: 'finished'; readonly end: RunEnd; readonly finishedAtMs: number }
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
}

/** A run's end. */
export interface RunEnd {
  readonly state: 'done' | 'failed' | 'skipped';
  /** One of a few words, e.g. `request_refused`; for what is not `done`. */
  readonly reason?: string | undefined;
  /** A sentence for people; may hold what the customer's event held. */
  readonly detail?: string | undefined;
  readonly creditsUsed?: number | undefined;
  /** JSON. */
  readonly result?: string | undefined;
}
