import type { BudgetUse } from '../budgets/readBudgets.ts';
import type { Executions, UnknownExecutions } from '../deployment/readExecutions.ts';
import type { PullStatus } from '../pulls/readPulls.ts';
import type { ParkingStatus } from './readParking.ts';

/** The state of a system. Times are epoch milliseconds. */
export interface Status {
  readonly deployment: string;
  readonly atMs: number;
  /** The intake queue. */
  readonly runQueue: RunQueueStatus;
  /** New runs beyond their trigger's share; absent in a release without this queue. */
  readonly bulkQueue?: RunQueueStatus | undefined;
  /** Runs that have a slot or must not wait behind new ones; absent in a release without this queue. */
  readonly readyQueue?: RunQueueStatus | undefined;
  readonly deadLetters: number;
  /** The next two are absent if no trigger pulls. */
  readonly pulls?: readonly PullStatus[] | undefined;
  readonly pullDeadLetters?: number | undefined;
  readonly parking: ParkingStatus;
  /** The oldest run of the last 4 days that has not ended; absent if there is none. */
  readonly oldestOpenRun?: OpenRun | undefined;
  readonly pace: PaceStatus;
  readonly breaker: BreakerStatus;
  /** What Mavera said about the account; absent if it was not read yet. */
  readonly account?: AccountStatus | undefined;
  /** Concurrent executions of the account; absent for the local system. */
  readonly executions?: Executions | UnknownExecutions | undefined;
  /** Trigger, or `*` for all → since when it is paused. */
  readonly pausedSinceMs: Readonly<Record<string, number>>;
  readonly budgets: readonly BudgetUse[];
  readonly lastHour: readonly OutcomeCount[];
}

/** Messages of a queue of runs. SQS counts approximately. */
export interface RunQueueStatus {
  /** Ready for a free runner. */
  readonly visible: number;
  /** Messages of runs that wait. */
  readonly delayed: number;
  /** With a runner. */
  readonly inFlight: number;
}

/** A run that has not ended. */
export interface OpenRun {
  readonly runId: string;
  readonly trigger: string;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly receivedAtMs: number;
}

/** The shared rate limit. */
export interface PaceStatus {
  /** The next free slot; a time in the past means now. */
  readonly nextSlotAtMs: number;
  /** The retry-after hold: until when Mavera asked all callers to wait; 0 without one. */
  readonly heldUntilMs: number;
}

/** `due`: the next run probes. */
export interface BreakerStatus {
  readonly state: 'closed' | 'open' | 'probing' | 'due';
  /** Failures in a row, while it is closed. */
  readonly failures: number;
  readonly openUntilMs?: number | undefined;
  readonly reason?: string | undefined;
  /** The run that probes. */
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

/** Runs of one trigger that arrived in the last hour and have the same state and reason. */
export interface OutcomeCount {
  readonly trigger: string;
  readonly state: string;
  /** Absent for runs that are done or under way. */
  readonly reason?: string | undefined;
  readonly runs: number;
  readonly creditsUsed: number;
}
