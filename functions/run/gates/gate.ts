import type { BudgetLimit, CreditReservation } from '../../ledger/budgets.ts';
import type { Decision } from '../../ledger/decision.ts';
import type { HistoryEntry } from '../../ledger/runItem.ts';
import type { RunLease } from '../../ledger/runLease.ts';
import type { SharedState } from '../../ledger/sharedState.ts';
import type { RunMessage } from '../../queue/runMessage.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { TriggerKeys } from '../prepareRequest.ts';
import type { Reason } from '../reasons.ts';
import type { GateName, Wait } from '../runOutcome.ts';

/** A run as the gates see it. */
export interface GatedRun {
  readonly message: RunMessage;
  readonly lease: RunLease;
  readonly trigger: Trigger;
  readonly keys: TriggerKeys;
  /** The credits that it has already reserved. */
  readonly creditReservation?: CreditReservation | undefined;
  /** Called at once with what it has reserved, so that its end settles the reservation. */
  readonly onReserved: (creditReservation: CreditReservation | undefined) => void;
  readonly shared: SharedState;
  readonly estimatedCredits: number;
  /** The concurrency cap: how many calls of its kind Mavera allows at once. */
  readonly cap?: number | undefined;
  /** What an operator has decided about it. */
  readonly approval?: Decision | undefined;
  /** What has happened to it so far. */
  readonly history: readonly HistoryEntry[];
  readonly nowMs: number;
}

/** Whether a run may go on. */
export type GateDecision = (Pass | GateWait | Skip | Fail) & {
  /** How full the fullest of the run's budgets is, for the metric. */
  readonly budgetUsedPercent?: number | undefined;
};

export interface Pass {
  readonly kind: 'pass';
  /** When the call to Mavera starts; at most `lateByMs` later. */
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
  /** The breaker is half open: only the run that probes may call. */
  readonly probes?: boolean | undefined;
  /** What has to be reserved with the announcement of the call. */
  readonly reserves?: CreditsToReserve | undefined;
}

/** Credits for a call, and the budgets that have room for them, as far as was read. */
export interface CreditsToReserve {
  readonly credits: number;
  readonly budgets: readonly ApplyingBudget[];
}

/** A budget that pays for a run, and when its period ends. */
export interface ApplyingBudget extends BudgetLimit {
  readonly endsAtMs: number;
  readonly isOverall: boolean;
}

export interface GateWait extends Wait {
  readonly kind: 'wait';
}

export interface Skip {
  readonly kind: 'skip';
  readonly reason: Reason;
  /** A sentence for people. */
  readonly detail?: string | undefined;
}

/** The run can never go on. */
export interface Fail {
  readonly kind: 'fail';
  readonly reason: Reason;
  readonly detail: string;
}

/** One thing that decides whether a run may go on. */
export interface Gate {
  /** `access` holds no run back: it fails those that may not call. */
  readonly name: GateName | 'access';
  decide(run: GatedRun): GateDecision | Promise<GateDecision>;
}

/** The decision of a gate that does not stop the run. */
export const pass: Pass = { kind: 'pass' };
