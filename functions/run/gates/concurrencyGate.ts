import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';
import { lookAgainAfterMs } from './lookAgain.ts';

/** Holds a run back while as many calls of its kind are under way as Mavera takes at once. */
export function concurrencyGate(random: () => number): Gate {
  return {
    name: 'concurrency',
    decide({ shared, cap, history, nowMs }: GatedRun): GateDecision {
      return cap === undefined || shared.callsUnderWay < cap
        ? pass
        : {
            kind: 'wait',
            untilMs: nowMs + lookAgainAfterMs(history, 'concurrency', random),
            reason: 'concurrency',
          };
    },
  };
}
