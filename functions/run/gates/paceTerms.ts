/**
 * Share of Mavera's limit that is used. Slots are spaced evenly over 60 s, so that a call which starts late by up
 * to (1 - 0.96) x 60 s = 2.4 s still leaves every window of 60 s within the limit: 1 s of it is
 * {@link slotToleranceMs}, the rest is for the network.
 */
export const usedShareOfLimit = 0.96;
/** How late a call may start after its slot. */
export const slotToleranceMs = 1_000;
/** Slots are reserved no further ahead: as long as SQS can delay a message. */
export const horizonMs = 15 * 60_000;
/** A slot that is as near as this is waited for on the spot. */
export const waitOnTheSpotMs = 2_000;

/** Between two slots, for a limit in requests per 60 s. */
export function intervalMsFor(requestsPerMinute: number): number {
  return 60_000 / (requestsPerMinute * usedShareOfLimit);
}
