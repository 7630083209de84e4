import { exponentialBackoffMs } from '../../backoff/exponentialBackoffMs.ts';
import { openForMs } from '../../ledger/breaker.ts';
import type { HistoryEntry } from '../../ledger/runItem.ts';
import type { BreakerState, KnownUsage } from '../../ledger/sharedState.ts';
import { usageLifetimeMs } from '../../ledger/usage.ts';
import type { Reason } from '../reasons.ts';
import { type Gate, type GateDecision, type GatedRun, type GateWait, pass } from './gate.ts';

/** The time over which runs that wait for credits are spread when they come back. */
const creditsSpreadMs = 60_000;

/** Makes a run wait if Mavera would refuse it with 402, according to its `GET /usage`. */
export function creditsGate(random: () => number): Gate {
  return {
    name: 'credits',
    decide({ shared: { usage }, estimatedCredits, nowMs }: GatedRun): GateDecision {
      if (usage === undefined || estimatedCredits <= affordableCredits(usage, nowMs)) {
        return pass;
      }
      const nextReadMs = Math.max(nowMs, usage.readAtMs + usageLifetimeMs);
      return { kind: 'wait', untilMs: nextReadMs + random() * creditsSpreadMs, reason: 'credits_low' };
    },
  };
}

/**
 * The credits that one run may cost without being refused by Mavera with 402. There is no limit for an account that buys
 * credits automatically, or when the usage was never read or was read too long ago.
 */
export function affordableCredits(usage: KnownUsage | undefined, nowMs: number): number {
  const isKnown = usage !== undefined && nowMs - usage.readAtMs <= 2 * usageLifetimeMs;
  return isKnown && !usage.autoRecharge ? usage.creditsRemaining : Number.POSITIVE_INFINITY;
}

/** Makes all runs wait while Mavera refuses the account or is down. After that time, one run probes. */
export function breakerGate(random: () => number): Gate {
  return {
    name: 'breaker',
    decide({ shared: { breaker }, message, history, nowMs }: GatedRun): GateDecision {
      switch (breakerPhase(breaker, nowMs)) {
        case 'closed':
          return pass;
        case 'open': {
          // Spread over as long as the breaker was open, so that a large backlog does not come back all at once.
          const untilMs = breaker.openUntilMs + random() * openForMs(breaker.opens - 1);
          return { kind: 'wait', untilMs, reason: 'breaker_open' };
        }
        case 'half_open':
          return { kind: 'pass', probes: true };
        case 'probing':
          return breaker.probe === message.runId
            ? { kind: 'pass', probes: true }
            : waitToAskAgain('breaker_probing', history, nowMs, random);
      }
    },
  };
}

/** `half_open`: a run may probe; `probing`: a run is the probe, and all others wait for what it learns. */
export type BreakerPhase = 'closed' | 'open' | 'half_open' | 'probing';

/** The phase that the breaker is in. */
export function breakerPhase({ openUntilMs, probeUntilMs }: BreakerState, nowMs: number): BreakerPhase {
  if (openUntilMs === 0) {
    return 'closed';
  }
  if (openUntilMs > nowMs) {
    return 'open';
  }
  return probeUntilMs > nowMs ? 'probing' : 'half_open';
}

/** Makes a run wait while its concurrency cap is reached. A run with a slot tries to enter it, instead of losing the slot. */
export function concurrencyGate(random: () => number): Gate {
  return {
    name: 'concurrency',
    decide({ message, shared, cap, history, nowMs }: GatedRun): GateDecision {
      return cap === undefined || message.slotAtMs !== undefined || shared.callsUnderWay < cap
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
