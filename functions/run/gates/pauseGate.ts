import { allTriggers } from '../../ledger/operatorSettings.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** How soon runs ask again, at the least and at the most. */
const soonestMs = 30_000;
const latestMs = 15 * 60_000;

/**
 * Holds runs back while an operator has paused their trigger, or all of them. The longer the pause has lasted, the
 * longer they wait before they ask again, so that a short one ends at once and a long one costs next to nothing.
 */
export function pauseGate(random: () => number): Gate {
  return {
    name: 'pause',
    decide({ shared, trigger, nowMs }: GatedRun): GateDecision {
      const { pausedSinceMs } = shared.operator;
      const allSinceMs = pausedSinceMs.get(allTriggers);
      const sinceMs = allSinceMs ?? pausedSinceMs.get(trigger.name);
      if (sinceMs === undefined) {
        return pass;
      }
      const longestMs = Math.min(latestMs, Math.max(soonestMs, (nowMs - sinceMs) / 2));
      const untilMs = nowMs + longestMs * (0.5 + random() / 2);
      return { kind: 'wait', untilMs, reason: allSinceMs === undefined ? 'trigger_paused' : 'paused' };
    },
  };
}
