import type { SharedState } from '../ledger/sharedState.ts';
import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { Trigger } from '../triggers/trigger.ts';
import type { GatedRun } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { TriggerKeys } from './triggerKeys.ts';

/** A delivery of a run, its trigger, and what all runs have to go by. */
export interface RunScene {
  readonly delivery: LeasedRun;
  readonly trigger: Trigger;
  readonly shared: SharedState;
  /** The slot that the run came for is used up. */
  readonly slotIsUsed?: boolean;
}

/** What is known of a run once its request is built. */
export interface GatedRequest {
  readonly keys: TriggerKeys;
  readonly estimatedCredits: number;
  readonly performer: Pick<ActionPerformer, 'cap'>;
}

const noRequest: GatedRequest = { keys: {}, estimatedCredits: 0, performer: {} };

/** A run as the gates see it. */
export function gatedRun(
  { delivery, trigger, shared, slotIsUsed = false }: RunScene,
  nowMs: number,
  { keys, estimatedCredits, performer }: GatedRequest = noRequest,
): GatedRun {
  const { lease, creditReservation, soFar } = delivery;
  const onReserved = delivery.setCreditReservation.bind(delivery);
  // The slots of a run whose answer was lost are for looking for it: its next call needs one of its own.
  const needsSlot = slotIsUsed || soFar.lostCallAtMs !== undefined;
  const message = needsSlot ? { ...delivery.message, slotAtMs: undefined } : delivery.message;
  const { cap } = performer;
  const { history } = soFar;
  return {
    message,
    lease,
    trigger,
    keys,
    creditReservation,
    onReserved,
    shared,
    estimatedCredits,
    cap,
    history,
    nowMs,
  };
}
