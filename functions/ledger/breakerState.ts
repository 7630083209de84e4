import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { exponentialBackoffMs } from '../backoff/exponentialBackoffMs.ts';

/** Key of the breaker in front of Mavera. */
export const breakerKey = 'breaker#mavera';

/** How long it opens: 30 s the first time, 15 minutes at most. */
const openTimes = { firstMs: 30_000, longestMs: 15 * 60_000 };

/** The breaker as the ledger holds it; all 0 and empty while it is closed and nothing has failed. */
export interface BreakerState {
  /** Failures in a row that are Mavera's. */
  readonly failures: number;
  /** Until when nobody calls; 0 while it is closed. From then on one run at a time may probe. */
  readonly openUntilMs: number;
  /** How often it has opened in a row. */
  readonly opens: number;
  readonly reason: string;
  /** The run that is finding out, and until when that is waited for. */
  readonly probe: string;
  readonly probeUntilMs: number;
}

/** Reads the item `breaker#mavera`. */
export function readBreaker(item: Readonly<Record<string, AttributeValue>> = {}): BreakerState {
  return {
    failures: Number(item.failures?.N ?? 0),
    openUntilMs: Number(item.openUntilMs?.N ?? 0),
    opens: Number(item.opens?.N ?? 0),
    reason: item.reason?.S ?? '',
    probe: item.probe?.S ?? '',
    probeUntilMs: Number(item.probeUntilMs?.N ?? 0),
  };
}

/** For how long it opens, when it has opened so many times before in a row. */
export function openForMs(opensBefore: number): number {
  return exponentialBackoffMs({ ...openTimes, times: opensBefore });
}
