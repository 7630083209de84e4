import type { MaveraWorkspaceLookup } from './maveraWorkspace.ts';
import type { SegmentProfileLookup } from './segmentProfile.ts';
import type { SegopsMembersLookup } from './segopsMembers.ts';
import type { SegopsMembershipLookup } from './segopsMembership.ts';

/** A lookup of any kind, told apart by `kind`. */
export type AnyLookup =
  | SegmentProfileLookup
  | SegopsMembershipLookup
  | SegopsMembersLookup
  | MaveraWorkspaceLookup;
