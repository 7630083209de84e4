import type { HistoryEntry } from '../../ledger/runHistory.ts';
import type { CreditReservation, RunLease } from '../../ledger/runTransitions.ts';
import type { SharedState } from '../../ledger/sharedState.ts';
import type { RunMessage } from '../../queue/runMessage.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { Reason } from '../reasons.ts';
import type { TriggerKeys } from '../triggerKeys.ts';

/** A run that is ready to be made, as far as it knows. */
export interface GatedRun {
  readonly message: RunMessage;
  readonly lease: RunLease;
  readonly trigger: Trigger;
  readonly keys: TriggerKeys;
  /** What it has reserved before. */
  readonly creditReservation?: CreditReservation | undefined;
  /** Told at once what it has reserved now, to be settled whatever becomes of it. */
  readonly onReserved: (creditReservation: CreditReservation | undefined) => void;
  readonly shared: SharedState;
  readonly estimatedCredits: number;
  /** Calls of its kind that Mavera takes at once. */
  readonly cap?: number | undefined;
  /** What has happened to it so far. */
  readonly history: readonly HistoryEntry[];
  readonly nowMs: number;
}

/** What decided. Each gate has a metric of its own. */
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

/** Whether a run may go on. `reason` is the same in the ledger, the log and the metrics. */
export type GateDecision = (Pass | Wait | Skip) & {
  /** Share of the fullest budget that the run is paid from, for its metric. */
  readonly budgetUsedPercent?: number | undefined;
};

export interface Pass {
  readonly kind: 'pass';
  /** Mavera is to be called then, and no more than `lateByMs` later. */
  readonly startAtMs?: number | undefined;
  readonly lateByMs?: number | undefined;
  /** The breaker is half open: the run may only be made if it is the one that probes. */
  readonly probes?: boolean | undefined;
}

export interface Wait {
  readonly kind: 'wait';
  readonly untilMs: number;
  readonly reason: Reason;
  readonly slotAtMs?: number | undefined;
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

/** What a decision is that needs nothing else. */
export const pass: Pass = { kind: 'pass' };
