import { exponentialBackoffMs } from '../../backoff/exponentialBackoffMs.ts';
import { openForMs } from '../../ledger/breaker.ts';
import type { HistoryEntry } from '../../ledger/runHistory.ts';
import { usageLifetimeMs } from '../../ledger/usage.ts';
import type { Reason } from '../reasons.ts';
import { type Gate, type GateDecision, type GatedRun, type GateWait, pass } from './gate.ts';

/** The time over which runs that wait for credits are spread when they come back. */
const creditsSpreadMs = 60_000;

/**
 * Makes a run wait if Mavera would refuse it with 402, according to its `GET /usage`. A usage that was read too long ago
 * does not count. A run of an account that buys credits automatically always passes.
 */
export function creditsGate(random: () => number): Gate {
  return {
    name: 'credits',
    decide({ shared: { usage }, estimatedCredits, nowMs }: GatedRun): GateDecision {
      const isKnown = usage !== undefined && nowMs - usage.readAtMs <= 2 * usageLifetimeMs;
      if (!isKnown || usage.autoRecharge || usage.creditsRemaining >= estimatedCredits) {
        return pass;
      }
      const nextReadMs = Math.max(nowMs, usage.readAtMs + usageLifetimeMs);
      return { kind: 'wait', untilMs: nextReadMs + random() * creditsSpreadMs, reason: 'credits_low' };
    },
  };
}

/** Makes all runs wait while Mavera refuses the account or is down. After that time, one run probes. */
export function breakerGate(random: () => number): Gate {
  return {
    name: 'breaker',
    decide({ shared: { breaker }, message, history, nowMs }: GatedRun): GateDecision {
      if (breaker.openUntilMs === 0) {
        return pass;
      }
      if (breaker.openUntilMs > nowMs) {
        // Spread over as long as the breaker was open, so that a large backlog does not come back all at once.
        const untilMs = breaker.openUntilMs + random() * openForMs(breaker.opens - 1);
        return { kind: 'wait', untilMs, reason: 'breaker_open' };
      }
      const isProbing = breaker.probeUntilMs > nowMs && breaker.probe !== message.runId;
      return isProbing
        ? waitToAskAgain('breaker_probing', history, nowMs, random)
        : { kind: 'pass', probes: true };
    },
  };
}

/** Makes a run wait while its concurrency cap is reached. */
export function concurrencyGate(random: () => number): Gate {
  return {
    name: 'concurrency',
    decide({ shared, cap, history, nowMs }: GatedRun): GateDecision {
      return cap === undefined || shared.callsUnderWay < cap
        ? pass
        : waitToAskAgain('concurrency', history, nowMs, random);
    },
  };
}

const firstWaitMs = 10_000;
const longestWaitMs = 5 * 60_000;

/**
 * A wait whose end is not known. It doubles each time in a row, so that thousands of waiting runs do not keep the runners
 * busy.
 */
export function waitToAskAgain(
  reason: Reason,
  history: readonly HistoryEntry[],
  nowMs: number,
  random: () => number,
): GateWait {
  const last = history.at(-1);
  const times = last?.what === 'waits' && last.reason === reason ? (last.times ?? 1) : 0;
  const waitMs = exponentialBackoffMs({ firstMs: firstWaitMs, longestMs: longestWaitMs, times });
  return { kind: 'wait', untilMs: nowMs + waitMs * (0.5 + random() / 2), reason };
}
