import type { SegmentEvent } from '../sources/segment/event.ts';
import type { Lookup, LookupOptions } from './lookup.ts';

/** Which segment, and how many of its members. */
export interface SegopsMembersOptions extends LookupOptions {
  /** Id of the segment, or a function of the event that returns it; `undefined` looks up nothing. */
  readonly segment: number | ((event: SegmentEvent) => number | undefined);
  /** How many members are read, from 0 to 1,000. @default 0: only the count */
  readonly first?: number;
}

/** A SegOps segment. */
export interface SegopsMembers {
  /** All members, also those that are not read. */
  readonly count: number;
  /** The first ones, in SegOps's order; empty unless the lookup asks for them. */
  readonly userIds: readonly string[];
}

export type SegopsMembersLookup = Lookup<SegopsMembers | undefined, 'segopsMembers'> & SegopsMembersOptions;

/**
 * Looks up how many members a SegOps segment has, and the first of them.
 *
 * @returns a lookup whose value is `undefined` when SegOps does not know the segment
 * @example with: { members: segopsMembers({ segment: 42, first: 50 }) }
 */
export function segopsMembers(options: SegopsMembersOptions): SegopsMembersLookup {
  return { kind: 'segopsMembers', ...options };
}
