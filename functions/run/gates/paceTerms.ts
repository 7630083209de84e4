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
