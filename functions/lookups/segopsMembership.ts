import type { Lookup, LookupOptions } from './lookup.ts';

/** The SegOps segments that the event's user is in. SegOps keeps the answer for 5 minutes. */
export interface SegopsMembership {
  readonly segmentIds: readonly number[];
}

export type SegopsMembershipLookup = Lookup<SegopsMembership | undefined, 'segopsMembership'>;

/**
 * Looks up which SegOps segments the event's user is in, by the user id.
 *
 * @returns a lookup whose value is `undefined` when the event has no user id, or SegOps does not know the user
 * @example with: { membership: segopsMembership() }, only: ({ membership }) => membership?.segmentIds.includes(42) === true
 */
export function segopsMembership(options: LookupOptions = {}): SegopsMembershipLookup {
  return { kind: 'segopsMembership', ...options };
}
