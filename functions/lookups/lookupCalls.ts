import type { OperationRequest } from '../access/operation.ts';
import type { OperationName } from '../access/operations.ts';
import type { SegmentEvent } from '../sources/segment/event.ts';
import type { AnyLookup } from './anyLookup.ts';
import type { SegmentProfileLookup } from './segmentProfile.ts';

/** One call of a lookup. Its answer is read under the name of the operation. */
export interface LookupCall {
  readonly operation: OperationName;
  readonly request: OperationRequest;
}

/** What a lookup needs beside the event. */
export interface LookupSettings {
  /** Id of the Segment space that lookups read unless they name one; absent where none is set. */
  readonly profileSpace?: string | undefined;
}

/** Thrown when a lookup cannot be asked; the message is for the run. */
export class LookupUnusableError extends Error {
  override readonly name = 'LookupUnusableError';
}

const mostRows = '100';

/**
 * The calls that a lookup makes for an event. None: there is nothing to ask, because the event has no such id, and the
 * value is `undefined`.
 *
 * @throws LookupUnusableError when a setting is missing or an id is not one, and what the trigger's own functions throw
 */
export function lookupCalls(
  lookup: AnyLookup,
  event: SegmentEvent,
  settings: LookupSettings,
): readonly LookupCall[] {
  switch (lookup.kind) {
    case 'segmentProfile':
      return profileCalls(lookup, event, settings);
    case 'segopsMembership':
      return event.userId === undefined
        ? []
        : [{ operation: 'readSegopsMembership', request: { query: { user_id: event.userId } } }];
    case 'segopsMembers': {
      const id: unknown = typeof lookup.segment === 'function' ? lookup.segment(event) : lookup.segment;
      if (id === undefined) {
        return [];
      }
      const path = { segment: segmentId(id) };
      const limit = String(lookup.first ?? 0);
      return [
        { operation: 'readSegopsSegment', request: { path } },
        ...(limit === '0'
          ? []
          : [{ operation: 'listSegopsMembers' as const, request: { path, query: { limit } } }]),
      ];
    }
    case 'maveraWorkspace':
      // Two are enough to know that there is more than one.
      return [{ operation: 'listWorkspaces', request: { query: { limit: '2' } } }];
  }
}

/** An id that a function returned, which may have read it from an event: its type is not certain. */
function segmentId(id: unknown): string {
  const text = typeof id === 'number' || typeof id === 'string' ? String(id) : '';
  if (!/^[1-9]\d{0,15}$/.test(text)) {
    const found = typeof id === 'number' || id === null ? String(id) : `a value of type ${typeof id}`;
    throw new LookupUnusableError(
      `segopsMembers: the function \`segment\` has to return the id of a segment, such as 42, or undefined; it returned ${found}`,
    );
  }
  return text;
}

function profileCalls(
  { space, traits, externalIds, events }: SegmentProfileLookup,
  event: SegmentEvent,
  { profileSpace }: LookupSettings,
): readonly LookupCall[] {
  const profile = profileIdOf(event);
  if (profile === undefined) {
    return [];
  }
  const inSpace = space ?? profileSpace;
  if (inSpace === undefined) {
    throw new LookupUnusableError(
      'segmentProfile: no space is set; name one in the lookup, or set it for the deployment',
    );
  }
  const path = { space: inSpace, profile };
  return [
    ...(traits === undefined
      ? []
      : [
          {
            operation: 'readProfileTraits' as const,
            request: { path, query: { include: traits.join(','), limit: mostRows } },
          },
        ]),
    ...(externalIds === true
      ? [{ operation: 'readProfileIds' as const, request: { path, query: { limit: mostRows } } }]
      : []),
    ...(events === true
      ? [{ operation: 'readProfileEvents' as const, request: { path, query: { limit: mostRows } } }]
      : []),
  ];
}

/** Segment matches the ids of the Profile API in lower case only. Source: Segment, "Profile API". */
function profileIdOf({ userId, anonymousId }: SegmentEvent): string | undefined {
  if (userId !== undefined) {
    return `user_id:${userId.toLowerCase()}`;
  }
  return anonymousId === undefined ? undefined : `anonymous_id:${anonymousId.toLowerCase()}`;
}
