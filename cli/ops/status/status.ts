import type { BudgetUse } from '../budgets/readBudgets.ts';

/** How a system stands. Times are epoch milliseconds. */
export interface Status {
  readonly deployment: string;
  readonly atMs: number;
  readonly runQueue: RunQueueStatus;
  readonly deadLetters: number;
  /** Of the runs of the last 4 days that are not over, the one that arrived first; absent when there is none. */
  readonly oldestOpenRun?: OpenRun | undefined;
  readonly pace: PaceStatus;
  readonly breaker: BreakerStatus;
  /** What Mavera said of the account; absent when nobody has looked yet. */
  readonly account?: AccountStatus | undefined;
  /** By trigger, `*` for all: since when it is paused. */
  readonly pausedSinceMs: Readonly<Record<string, number>>;
  readonly budgets: readonly BudgetUse[];
  readonly lastHour: readonly OutcomeCount[];
}

/** Messages of the run queue, as SQS counts them: about. */
export interface RunQueueStatus {
  /** To be delivered as soon as a runner is free. */
  readonly visible: number;
  /** Of runs that wait. */
  readonly delayed: number;
  /** With a runner. */
  readonly inFlight: number;
}

/** A run that is not over. */
export interface OpenRun {
  readonly runId: string;
  readonly trigger: string;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly receivedAtMs: number;
}

/** The shared rate limit. */
export interface PaceStatus {
  /** The next slot that nobody has; one that is past stands for now. */
  readonly nextSlotAtMs: number;
  /** Until when Mavera has asked everybody to wait; 0 when it has not. */
  readonly heldUntilMs: number;
}

/** `due`: the next run probes. */
export interface BreakerStatus {
  readonly state: 'closed' | 'open' | 'probing' | 'due';
  /** Failures in a row, while it is closed. */
  readonly failures: number;
  readonly openUntilMs?: number | undefined;
  readonly reason?: string | undefined;
  /** The run that finds out. */
  readonly probe?: string | undefined;
}

/** What Mavera's `GET /usage` said. */
export interface AccountStatus {
  readonly creditsRemaining: number;
  readonly creditsIncluded: number;
  readonly autoRecharge: boolean;
  readonly requestsPerMinute?: number | undefined;
  readonly readAtMs: number;
}

/** Runs of one trigger that arrived in the last hour and stand alike. */
export interface OutcomeCount {
  readonly trigger: string;
  readonly state: string;
  /** Absent for runs that are done or under way. */
  readonly reason?: string | undefined;
  readonly runs: number;
  readonly creditsUsed: number;
}
