import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';
import type { LedgerItem } from './ledgerTable.ts';

/** Key of the breaker in front of Mavera. */
export const breakerKey = 'breaker#mavera';

/** How long it opens: 30 s the first time, 15 minutes at most. */
const openTimes = { firstMs: 30_000, longestMs: 15 * 60_000 };

/** The breaker as the ledger has it; all 0 and empty while it is closed and no call has failed. */
export interface BreakerState {
  /** Failures of Mavera in a row. */
  readonly failures: number;
  /** Until when no run calls; 0 while it is closed. After that one run at a time may probe. */
  readonly openUntilMs: number;
  /** How often it has opened in a row. */
  readonly opens: number;
  readonly reason: string;
  /** The run that probes, and until when other runs wait for what it learns. */
  readonly probe: string;
  readonly probeUntilMs: number;
}

/** Reads the item `breaker#mavera`. */
export function readBreaker(item: LedgerItem = {}): BreakerState {
  return {
    failures: Number(item.failures?.N ?? 0),
    openUntilMs: Number(item.openUntilMs?.N ?? 0),
    opens: Number(item.opens?.N ?? 0),
    reason: item.reason?.S ?? '',
    probe: item.probe?.S ?? '',
    probeUntilMs: Number(item.probeUntilMs?.N ?? 0),
  };
}

/** How long it opens after so many times in a row. */
export function openForMs(opensBefore: number): number {
  return exponentialBackoffMs({ ...openTimes, times: opensBefore });
}
