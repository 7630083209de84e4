import { isStale } from '../../sources/segment/event.ts';
import { durationMs } from '../../triggers/duration.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** Skips a run whose event is older than its trigger wants, save when an operator makes it again on purpose. */
export const staleGate: Gate = {
  name: 'stale',
  decide({ trigger: { staleAfter }, message, nowMs }: GatedRun): GateDecision {
    if (staleAfter === undefined || message.redrive !== undefined) {
      return pass;
    }
    const isTooOld =
      isStale(message.event, nowMs, durationMs(staleAfter)) ||
      nowMs - message.receivedAtMs > durationMs(staleAfter);
    return isTooOld
      ? { kind: 'skip', reason: 'stale', detail: `Its event was older than ${staleAfter}` }
      : pass;
  },
};
