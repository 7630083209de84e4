import * as z from 'zod/mini';
import { channelsOf, type SegmentSource } from '../../lookups/channels.ts';
import { readSources } from '../../lookups/readLookup.ts';
import type { Channel } from '../../lookups/segmentProfile.ts';
import type { OperationCall } from '../pull.ts';

/** How a profile is reached, without the ids that tell it. */
export type ProfileChannels = {
  readonly channels: readonly Channel[];
  /** Names of the Segment sources that know the profile. */
  readonly sources: readonly string[];
};

/** What a group has of channels beside its traits: a list, a number and a list for each profile. */
export const channelFields = ['channels', 'channel_count', 'sources'] as const;

/** A Segment source as it is stored between two steps. */
export type StoredSource = readonly [id: string, name: string, kind: string];

/** Sources beyond these tell nothing, so that a state stays small. */
export const mostSources = 300;
const mostNameCharacters = 60;

const idsSchema = z.object({
  data: z.array(z.object({ type: z.string(), source_id: z.optional(z.nullable(z.string())) })),
});

/** Source: Segment, "Public API", "List Sources". */
export function sourcesCall(cursor: string | undefined): OperationCall {
  const page = cursor === undefined ? {} : { 'pagination.cursor': cursor };
  return {
    operation: 'listSegmentSources',
    request: { query: { 'pagination.count': '200', ...page } },
  };
}

/**
 * Reads a page of the workspace's Segment sources.
 *
 * @throws ZodError
 */
export function readStoredSources(json: unknown): {
  readonly sources: readonly StoredSource[];
  readonly next?: string | undefined;
} {
  const { sources, next } = readSources(json);
  return {
    sources: [...sources].map(([id, { name, kind = '' }]) => [id, name.slice(0, mostNameCharacters), kind]),
    next,
  };
}

/**
 * Reads the channels from a profile's external ids.
 *
 * @param json the answer of the Profile API; `undefined` when the profile is not found
 * @throws ZodError
 */
export function readChannels(json: unknown, stored: readonly StoredSource[]): ProfileChannels {
  const ids = json === undefined ? [] : idsSchema.parse(json).data;
  const sourceOf = new Map(stored.map(([id, name, kind]): [string, SegmentSource] => [id, { name, kind }]));
  const known = ids.flatMap(({ source_id }) => sourceOf.get(source_id ?? '') ?? []);
  return {
    channels: channelsOf(
      ids.map(({ type }) => type),
      known,
    ),
    sources: [...new Set(known.map(({ name }) => name))],
  };
}
