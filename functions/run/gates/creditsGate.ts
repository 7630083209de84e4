import { usageLifetimeMs } from '../../ledger/usage.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** Over how long runs that wait for credits come back. */
const spreadMs = 60_000;

/**
 * Holds a run back that Mavera would refuse with 402, by what its `GET /usage` has said: a look that is missing or old
 * lets it pass, and so does an account that buys credits by itself.
 */
export function creditsGate(random: () => number): Gate {
  return {
    name: 'credits',
    decide({ shared: { usage }, estimatedCredits, nowMs }: GatedRun): GateDecision {
      const isKnown = usage !== undefined && nowMs - usage.readAtMs <= 2 * usageLifetimeMs;
      if (!isKnown || usage.autoRecharge || usage.creditsRemaining >= estimatedCredits) {
        return pass;
      }
      const nextLookMs = Math.max(nowMs, usage.readAtMs + usageLifetimeMs);
      return { kind: 'wait', untilMs: nextLookMs + random() * spreadMs, reason: 'credits_low' };
    },
  };
}
