import type { MaveraAnswer } from '../mavera/maveraAnswer.ts';
import type { Reason } from './reasons.ts';

/** What decided that a run waits or is skipped. Each gate has a metric of its own. */
export type GateName =
  | 'pause'
  | 'stale'
  | 'sample'
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
  /** Whether Mavera did the work all the same, or may have done it. @default 'nothing' */
  readonly spent?: 'nothing' | 'estimate' | undefined;
  /** Whether a call may have done its work unseen, so that a redrive has to recover it. */
  readonly answerLost?: boolean | undefined;
}

/** One call to Mavera that does work or polls it. */
export interface CallReport {
  readonly kind: MaveraAnswer['kind'];
  readonly durationMs: number;
  readonly status?: number | undefined;
  /** What it did to the breaker. */
  readonly breaker?: 'opened' | 'closed' | undefined;
}

/** What a delivery found out on its way; the leased run collects it for the log and the metrics. */
export interface DeliveryFacts {
  /** The gate that made the run wait, or skipped it. */
  readonly gate?: GateName | undefined;
  /** What became of an earlier call whose answer was lost. */
  readonly recovery?: 'found' | 'not_found' | undefined;
  /** How Mavera answered, when it was called. */
  readonly call?: CallReport | undefined;
  /** Share of the fullest of the run's budgets, when it asked for credits. */
  readonly budgetUsedPercent?: number | undefined;
  /** What Mavera said of the account's credits, when it was asked. */
  readonly accountCreditsRemaining?: number | undefined;
  /** Number of collected events that the run was made for. */
  readonly collected?: number | undefined;
}

/** How one delivery of a run ended, for the log: no personal data. */
export interface RunOutcome extends DeliveryFacts {
  /**
   * `repeated`: another delivery has finished the run, or holds its lease; `reported`: the result of a finished run
   * was dealt with at Segment.
   */
  readonly outcome: 'done' | 'failed' | 'skipped' | 'waiting' | 'repeated' | 'reported';
  readonly reason?: Reason | undefined;
  /** Until the run comes back. */
  readonly waitMs?: number | undefined;
  readonly creditsUsed?: number | undefined;
}

/** What a step returns that has ended the delivery: how, stands in the leased run's outcome. */
export const ended = Symbol('ended');
export type Ended = typeof ended;
