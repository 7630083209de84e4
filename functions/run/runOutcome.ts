import type { ComparedItems } from '../ledger/runs.ts';
import type { CallAnswer } from '../systems/callAnswer.ts';
import type { Reason } from './reasons.ts';

/** What decided that a run waits or is skipped. Each gate has a metric of its own. */
export type GateName =
  | 'pause'
  | 'stale'
  | 'sample'
  | 'cancel'
  | 'lookups'
  | 'approval'
  | 'cooldown'
  | 'budget'
  | 'credits'
  | 'breaker'
  | 'concurrency'
  | 'pace';

/** Until when a run waits, and why. `reason` is the same in the ledger, the log and the metrics. */
export interface Wait {
  readonly untilMs: number;
  readonly reason: Reason;
  /** The rate-limit slot that was reserved for it. */
  readonly slotAtMs?: number | undefined;
  /** Id of the work that Mavera has taken on. */
  readonly pendingId?: string | undefined;
  /** How far the search for a lost answer got, as JSON. */
  readonly recovery?: string | undefined;
  /** A later deadline, for a run that waits on purpose. */
  readonly deadlineAtMs?: number | undefined;
}

/** Why a run fails. */
export interface Failure {
  readonly reason: Reason;
  /** A sentence for people; may quote the event. */
  readonly detail: string;
  /** JSON. */
  readonly result?: string | undefined;
  /** `estimate` if Mavera did the work, or may have done it. @default 'nothing' */
  readonly spent?: 'nothing' | 'estimate' | undefined;
  /** Whether a call may have done its work unseen, so that a redrive has to recover it. */
  readonly answerLost?: boolean | undefined;
}

/** How an attempt to report a result ended. */
export type ReportAttempt =
  /** The destination has it, and the ledger says so; or, with a reason, there was nothing to report. */
  | { readonly kind: 'over'; readonly reason?: Reason | undefined }
  /** It is made again later. */
  | {
      readonly kind: 'again';
      readonly reason: Reason;
      /** A sentence for people. */
      readonly detail: string;
      /** Whether it counts against the limit of attempts. */
      readonly isAttempt: boolean;
      /** The least time until then. @default none */
      readonly afterMs?: number | undefined;
    }
  /** It cannot succeed. */
  | { readonly kind: 'failed'; readonly reason: Reason; readonly detail: string }
  /** Another delivery makes it at the moment, and may fail after `afterMs` at the latest; or it has made it. */
  | { readonly kind: 'repeated'; readonly reason: Reason; readonly afterMs?: number | undefined };

/** An attempt, and whether it followed another one that may have arrived unseen. */
export type MadeAttempt = ReportAttempt & { readonly isResent?: boolean | undefined };

/** One call to Mavera that does work or polls it. */
export interface CallReport {
  readonly kind: CallAnswer['kind'];
  readonly durationMs: number;
  readonly status?: number | undefined;
  /** Whether its answer opened or closed the breaker. */
  readonly breaker?: 'opened' | 'closed' | undefined;
}

/** What a delivery found out, for the log and the metrics. */
export interface DeliveryFacts {
  /** The gate that made the run wait, or skipped it. */
  readonly gate?: GateName | undefined;
  /** Whether the work of a call whose answer was lost was found. */
  readonly recovery?: 'found' | 'not_found' | undefined;
  /** How Mavera answered, when it was called. */
  readonly call?: CallReport | undefined;
  /** How full the fullest of the run's budgets is, if the run reserves credits. */
  readonly budgetUsedPercent?: number | undefined;
  /** The credits of the account, if Mavera's usage was read. */
  readonly accountCreditsRemaining?: number | undefined;
  /** Number of collected events that the run was made for. */
  readonly collected?: number | undefined;
  /** Of them, those whose names were beyond the bounds of a tally. */
  readonly countedAsOther?: number | undefined;
  /** How many items of a pull the run compares. */
  readonly compared?: ComparedItems | undefined;
  /** Whether a report was sent again that may have arrived before. */
  readonly isResent?: boolean | undefined;
}

/** How one delivery of a run ended, for the log: no personal data. */
export interface RunOutcome extends DeliveryFacts {
  /**
   * `repeated`: another delivery has finished the run, or has its lease; `reported`: the destination has the result of
   * a finished run, or there was nothing to report; `noted`: an event that cancels runs is in the ledger.
   */
  readonly outcome: 'done' | 'failed' | 'skipped' | 'waiting' | 'repeated' | 'reported' | 'noted';
  readonly reason?: Reason | undefined;
  /** Until the run comes back. */
  readonly waitMs?: number | undefined;
  /** The lane that it is parked in; absent when it waits in a queue. */
  readonly parkedIn?: string | undefined;
  readonly creditsUsed?: number | undefined;
}

/** A step returns this when it has ended the delivery. The leased run's `outcome` says how. */
export const ended = Symbol('ended');
export type Ended = typeof ended;
