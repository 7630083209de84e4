import type { Pace } from '../../ledger/pace.ts';
import type { Gate, GateDecision, GatedRun } from './gate.ts';
import { horizonMs, intervalMsFor, leadMs, limitOf, slotToleranceMs, waitOnTheSpotMs } from './paceRules.ts';

/**
 * Over how long runs that found no slot are spread when they ask again: as long as slots are given ahead. Any sooner,
 * those who ask keep the runners so busy that those who hold a slot miss it.
 */
const askAgainSpreadMs = horizonMs;

/**
 * Keeps the starts of all Mavera calls, of all environments together, within Mavera's limit: each run reserves a
 * slot and comes back for it, instead of polling.
 */
export class PaceGate implements Gate {
  readonly name = 'pace';
  readonly #pace: Pace;
  readonly #requestsPerMinute: number;
  readonly #random: () => number;

  constructor(pace: Pace, requestsPerMinute: number, random: () => number) {
    this.#pace = pace;
    this.#requestsPerMinute = requestsPerMinute;
    this.#random = random;
  }

  /** Passes a run that holds a slot of about now; others get a slot, or are told when to ask again. */
  async decide({ message, shared, history, nowMs }: GatedRun): Promise<GateDecision> {
    const { slotAtMs } = message;
    const aheadMs = leadMs(history);
    // Mavera may have asked everybody to wait since the slot was given.
    const isHeld = shared.paceHeldUntilMs > nowMs;
    if (slotAtMs !== undefined && nowMs <= slotAtMs + slotToleranceMs && !isHeld) {
      return decideOnSlot(slotAtMs, aheadMs, nowMs);
    }
    const intervalMs = intervalMsFor(limitOf(this.#requestsPerMinute, shared.usage));
    const creditReservation = await this.#pace.takeSlot({ nowMs: nowMs + aheadMs, intervalMs, horizonMs });
    if (creditReservation.kind === 'full') {
      const untilMs = creditReservation.askAgainAtMs + this.#random() * askAgainSpreadMs;
      return { kind: 'wait', untilMs, reason: 'pace_full' };
    }
    return decideOnSlot(creditReservation.slotAtMs, aheadMs, nowMs);
  }
}

function decideOnSlot(slotAtMs: number, aheadMs: number, nowMs: number): GateDecision {
  return slotAtMs - nowMs <= waitOnTheSpotMs + aheadMs
    ? { kind: 'pass', startAtMs: slotAtMs, lateByMs: slotToleranceMs }
    : { kind: 'wait', untilMs: slotAtMs - aheadMs, slotAtMs, reason: 'pace' };
}
