import type { OperationName } from '../../functions/access/operations.ts';

type Members = Readonly<Record<string, unknown>>;

/** Thrown for a value of a test that its lookup cannot give. */
export class InvalidLookupError extends Error {
  override readonly name = 'InvalidLookupError';
}

/**
 * The JSON that a system would answer, so that the lookup reads this value from it.
 * Source: functions/lookups/readLookup.ts, which reads it.
 *
 * @throws InvalidLookupError for a value that is not of the lookup's shape
 */
export function lookupAnswer(operation: OperationName | undefined, value: unknown): unknown {
  const members = objectOf(operation, value);
  switch (operation) {
    case 'readProfileTraits':
      return { traits: members.traits ?? {} };
    case 'readProfileIds':
      return {
        data: listOf(members, 'externalIds').map(({ type, id, source }) => ({ type, id, source_id: source })),
      };
    case 'readProfileEvents':
      return {
        data: listOf(members, 'events').map(({ source, ...event }) => ({ ...event, source_id: source })),
      };
    case 'readSegopsMembership':
      return { segment_ids: members.segmentIds ?? [] };
    case 'readSegopsSegment':
      return { member_count: members.count ?? 0 };
    case 'listSegopsMembers':
      return { results: members.userIds ?? [] };
    case 'listWorkspaces':
      return { data: [{ id: members.id, name: members.name }] };
    default:
      throw new InvalidLookupError(`A trial does not answer ${operation ?? 'this call'} with a value`);
  }
}

/**
 * The Segment sources that values name. A source is known by its name; its kind, which tells the channel, is the name in
 * lower case, such as `iOS` or `Website`.
 */
export function sourcesAnswer(values: readonly unknown[]): unknown {
  const names = new Set(
    values.flatMap((value) => {
      const members = value as Members;
      return [...listOf(members, 'externalIds'), ...listOf(members, 'events')].flatMap(({ source }) =>
        typeof source === 'string' ? [source] : [],
      );
    }),
  );
  const sources = [...names].map((name) => ({
    id: name,
    slug: name,
    name,
    metadata: { slug: name.toLowerCase() },
  }));
  return { data: { sources } };
}

function objectOf(operation: OperationName | undefined, value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidLookupError(
      `The value of a lookup is what the trigger's functions are given, an object; for ${operation ?? 'this call'} it is ${JSON.stringify(value)}`,
    );
  }
  return { ...value };
}

function listOf(members: Members, name: 'externalIds' | 'events'): readonly Members[] {
  const list = members[name] ?? [];
  if (!Array.isArray(list)) {
    throw new InvalidLookupError(`${name} of a profile is a list, and here it is ${JSON.stringify(list)}`);
  }
  return list as readonly Members[];
}
