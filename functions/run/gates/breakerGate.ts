import { openForMs } from '../../ledger/breakerState.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';
import { lookAgainAfterMs } from './lookAgain.ts';

/** Holds all runs back while Mavera refuses the account or is down; when the time is over, one of them probes. */
export function breakerGate(random: () => number): Gate {
  return {
    name: 'breaker',
    decide({ shared: { breaker }, message, history, nowMs }: GatedRun): GateDecision {
      if (breaker.openUntilMs === 0) {
        return pass;
      }
      if (breaker.openUntilMs > nowMs) {
        // Over as long as it was open, so that a great backlog does not come back all at once.
        const untilMs = breaker.openUntilMs + random() * openForMs(breaker.opens - 1);
        return { kind: 'wait', untilMs, reason: 'breaker_open' };
      }
      const isProbing = breaker.probeUntilMs > nowMs && breaker.probe !== message.runId;
      return isProbing
        ? {
            kind: 'wait',
            untilMs: nowMs + lookAgainAfterMs(history, 'breaker_probing', random),
            reason: 'breaker_probing',
          }
        : { kind: 'pass', probes: true };
    },
  };
}
