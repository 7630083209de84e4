import type { GateName } from './gates/gate.ts';
import type { Reason } from './reasons.ts';

/** How one delivery of a run has ended, for the log: no personal data. */
export interface RunOutcome {
  /**
   * `repeated`: another delivery has finished the run, or is at it; `reported`: the result of a finished run has been
   * dealt with at Segment.
   */
  readonly outcome: 'done' | 'failed' | 'skipped' | 'waiting' | 'repeated' | 'reported';
  readonly reason?: Reason | undefined;
  /** Which gate has made it wait, or skipped it. */
  readonly gate?: GateName | undefined;
  /** Until the run comes back. */
  readonly waitMs?: number | undefined;
  readonly creditsUsed?: number | undefined;
  /** What was found of an earlier call whose answer was lost. */
  readonly recovery?: 'found' | 'not_found' | undefined;
  /** How Mavera answered, when it was called. */
  readonly call?: CallReport | undefined;
  /** Share of the fullest of its budgets, when it was asked for one. */
  readonly budgetUsedPercent?: number | undefined;
  /** What Mavera said of the account's credits, when it was asked. */
  readonly accountCreditsRemaining?: number | undefined;
  /** Number of the events that it was made for, when they were gathered. */
  readonly collected?: number | undefined;
}

/** One call to Mavera that does work, or looks at it. */
export interface CallReport {
  readonly kind: 'answered' | 'refused' | 'unreachable' | 'lost' | 'unreadable';
  readonly durationMs: number;
  readonly status?: number | undefined;
  /** What it did to the breaker. */
  readonly breaker?: 'opened' | 'closed' | undefined;
}

/** A step of a run: it has ended the delivery, or has what the next step needs. */
export type Step<Next> = { readonly ended: RunOutcome } | ({ readonly ended?: undefined } & Next);
