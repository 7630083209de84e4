import type { Cancellations } from '../../ledger/cancellations.ts';
import type { Decision } from '../../ledger/decision.ts';
import { eventTimeMs } from '../../sources/segment/event.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** How long a run that is not parked waits before it looks for a decision again. */
const askAgainMs = 15 * 60_000;

/**
 * Skips a run that an operator has denied or cancelled. It is asked before the pause, so that the runs of a paused trigger
 * can be cancelled.
 */
export const decisionGate: Gate = {
  name: 'approval',
  decide: ({ approval }: GatedRun): GateDecision => decisionOf(approval),
};

/**
 * Makes a run wait that is expected to cost more than its trigger allows without approval, until an operator approves or
 * denies it. The clock of deadline and `staleAfter` goes on.
 */
export function approvalGate(moment: 'admission' | 'call', random: () => number): Gate {
  return {
    name: 'approval',
    decide({ trigger: { approve, run }, approval, estimatedCredits, nowMs }: GatedRun): GateDecision {
      const decision = decisionOf(approval);
      // Whether a persona is created or updated, which costs nothing, is known before the call only.
      const isKnown = moment === 'call' || run.kind !== 'updatePersona' || run.estimatedCredits !== undefined;
      const needsApproval = isKnown && approve !== undefined && estimatedCredits > approve.above;
      if (decision.kind !== 'pass' || !needsApproval || approval?.decision === 'approved') {
        return decision;
      }
      return { kind: 'wait', untilMs: nowMs + askAgainMs * (1 - random() / 3), reason: 'approval' };
    },
  };
}

/** Skips a run that an event of its trigger's `cancelledBy` has cancelled, unless an operator redrives the run. */
export class CancelledGate implements Gate {
  readonly name = 'cancel';
  readonly #cancellations: Cancellations;

  constructor(cancellations: Cancellations) {
    this.#cancellations = cancellations;
  }

  async decide({ keys, message, trigger }: GatedRun): Promise<GateDecision> {
    if (trigger.cancelledBy === undefined || keys.cancel === undefined || message.redrive !== undefined) {
      return pass;
    }
    const cancelledAtMs = await this.#cancellations.readAtMs(keys.cancel);
    const atMs = eventTimeMs(message.event, message.receivedAtMs);
    if (cancelledAtMs === undefined || atMs > cancelledAtMs) {
      return pass;
    }
    const [own, later] = [atMs, cancelledAtMs].map((timeMs) => new Date(timeMs).toISOString());
    const detail = `Its event is from ${own}; an event from ${later} cancelled it`;
    return { kind: 'skip', reason: 'cancelled', detail };
  }
}

function decisionOf(approval: Decision | undefined): GateDecision {
  if (approval === undefined || approval.decision === 'approved') {
    return pass;
  }
  const at = new Date(approval.atMs).toISOString();
  return { kind: 'skip', reason: approval.decision, detail: `By ${approval.by} at ${at}` };
}
