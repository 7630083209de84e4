import type { HistoryEntry } from '../../ledger/runHistory.ts';
import type { AccountUsage } from '../../mavera/accountUsage.ts';

/**
 * Share of Mavera's limit that is used. Slots are spaced evenly over 60 s, so that calls of which one starts up to
 * 60 s / 0.97 - 60 s = 1.85 s later after its slot than another still leave every window of 60 s within the limit: 1 s of it is
 * {@link slotToleranceMs}, the rest is for the network and for what remains between the environments' clocks.
 */
export const usedShareOfLimit = 0.97;
/** How late a call may start after its slot. */
export const slotToleranceMs = 1_000;
/** Slots are reserved no further ahead: as long as SQS can delay a message. */
export const horizonMs = 15 * 60_000;
/** A slot that is as near as this is waited for on the spot. */
export const waitOnTheSpotMs = 2_000;

/** The limit that calls are kept within: the configured one, or that of the account's plan where that is less. */
export function limitOf(configured: number, usage: AccountUsage | undefined): number {
  return Math.min(configured, usage?.requestsPerMinute ?? configured);
}

/** Between two slots, for a limit in requests per 60 s. */
export function intervalMsFor(requestsPerMinute: number): number {
  return 60_000 / (requestsPerMinute * usedShareOfLimit);
}

/** How much earlier a run prepares for its slot when it has missed one of late, twice as much for each further one. */
const firstLeadMs = 1_000;
/** An invocation has to have the time for it, beside the call. */
const longestLeadMs = 8_000;
/** A missed slot leaves two or three entries, the last of them the wait. */
const lateEntries = 10;

/**
 * How long before its slot a run is to be at work. Usually at once; where the ledger is so slow that slots are missed, all
 * runs would else miss all of theirs.
 */
export function leadMs(history: readonly HistoryEntry[]): number {
  const missed = history
    .slice(-lateEntries)
    .filter(({ what, reason }) => what === 'waits' && reason === 'slot_missed');
  const misses = missed.reduce((sum, { times = 1 }) => sum + times, 0);
  return misses === 0 ? 0 : Math.min(longestLeadMs, firstLeadMs * 2 ** (misses - 1));
}
