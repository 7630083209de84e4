import type { CreditReservation } from '../../ledger/budgets.ts';
import type { HistoryEntry } from '../../ledger/runHistory.ts';
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
  /** What it has reserved before. */
  readonly creditReservation?: CreditReservation | undefined;
  /** Told at once what it has reserved now, so that its end settles it. */
  readonly onReserved: (creditReservation: CreditReservation | undefined) => void;
  readonly shared: SharedState;
  readonly estimatedCredits: number;
  /** Calls of its kind that Mavera takes at once. */
  readonly cap?: number | undefined;
  /** What has happened to it so far. */
  readonly history: readonly HistoryEntry[];
  readonly nowMs: number;
}

/** Whether a run may go on. */
export type GateDecision = (Pass | GateWait | Skip) & {
  /** Share of the fullest budget that the run is paid from, for its metric. */
  readonly budgetUsedPercent?: number | undefined;
};

export interface Pass {
  readonly kind: 'pass';
  /** Mavera is to be called then, and no more than `lateByMs` later. */
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
  /** The breaker is half open: only the run that probes may call. */
  readonly probes?: boolean | undefined;
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

/** One thing that decides whether a run may go on. */
export interface Gate {
  readonly name: GateName;
  decide(run: GatedRun): GateDecision | Promise<GateDecision>;
}

/** The decision of a gate that has nothing to say. */
export const pass: Pass = { kind: 'pass' };
