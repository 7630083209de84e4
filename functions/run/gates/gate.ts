import type { MaveraRequest } from '../../mavera/maveraClient.ts';
import type { RunMessage } from '../../queue/runMessage.ts';
import type { Trigger } from '../../triggers/trigger.ts';

/** A run that is ready to be made, as far as it knows. */
export interface GatedRun {
  readonly message: RunMessage;
  readonly trigger: Trigger;
  readonly request: MaveraRequest;
  readonly estimatedCredits: number;
  readonly nowMs: number;
}

/** Whether a run may go on. `reason` is one of a few words, the same in the ledger, the log and the metrics. */
export type GateDecision =
  /** `startAtMs`: Mavera is to be called then, and no more than `lateByMs` later. */
  | { readonly kind: 'pass'; readonly startAtMs?: number; readonly lateByMs?: number }
  | {
      readonly kind: 'wait';
      readonly untilMs: number;
      readonly reason: string;
      readonly slotAtMs?: number;
    }
  | { readonly kind: 'skip'; readonly reason: string };

/** One thing that decides whether a run may go on; gates are asked in order, the pace last. */
export interface Gate {
  decide(run: GatedRun): Promise<GateDecision>;
}
