import * as z from 'zod/mini';
import type { OperationName } from '../access/operations.ts';
import { boundedList } from '../schema/boundedList.ts';
import type { AnyLookup } from './anyLookup.ts';
import { channelsOf, type SegmentSource } from './channels.ts';
import { LookupUnusableError } from './lookupCalls.ts';
import type { MaveraWorkspace } from './maveraWorkspace.ts';
import type { ExternalId, ProfileEvent, SegmentProfileLookup } from './segmentProfile.ts';
import type { SegopsMembers } from './segopsMembers.ts';
import type { SegopsMembership } from './segopsMembership.ts';

/** The JSON of each call; `undefined` for a call that was answered with 404. Calls that were not made are absent. */
export type LookupAnswers = Readonly<Partial<Record<OperationName, unknown>>>;

/** Segment sources by id. */
export type SegmentSources = ReadonlyMap<string, SegmentSource>;

const text = z.optional(z.nullable(z.string()));
const traitsAnswer = z.object({ traits: z.record(z.string(), z.unknown()) });
const idsAnswer = z.object({
  data: boundedList(z.object({ type: z.string(), id: z.string(), source_id: text })),
});
const eventsAnswer = z.object({
  data: boundedList(
    z.object({
      event: z.string(),
      properties: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
      timestamp: text,
      source_id: text,
    }),
  ),
});
const sourcesAnswer = z.object({
  data: z.object({
    sources: boundedList(
      z.object({
        id: z.string(),
        slug: z.string(),
        name: text,
        metadata: z.optional(z.nullable(z.object({ slug: text }))),
      }),
    ),
    pagination: z.optional(z.nullable(z.object({ next: text }))),
  }),
});
const membershipAnswer = z.object({ segment_ids: boundedList(z.number()) });
const segmentAnswer = z.object({ member_count: z.number() });
/** SegOps does not document the elements. */
const membersAnswer = z.object({
  results: boundedList(z.union([z.string(), z.object({ user_id: z.string() })])),
});
const workspacesAnswer = z.object({ data: boundedList(z.object({ id: z.string(), name: text })) });

/**
 * Reads what a lookup's calls were answered into the value that builders are given; `undefined`: there is no such thing.
 *
 * @throws ZodError when an answer is not of the documented shape, LookupUnusableError when there is no single value
 */
export function readLookup(lookup: AnyLookup, answers: LookupAnswers, sources: SegmentSources): unknown {
  if (Object.values(answers).every((answer) => answer === undefined)) {
    return lookup.kind === 'maveraWorkspace' ? onlyWorkspace([]) : undefined;
  }
  switch (lookup.kind) {
    case 'segmentProfile':
      return readProfile(lookup, answers, sources);
    case 'segopsMembership':
      return {
        segmentIds: membershipAnswer.parse(answers.readSegopsMembership).segment_ids,
      } satisfies SegopsMembership;
    case 'segopsMembers':
      return readMembers(answers);
    case 'maveraWorkspace':
      return onlyWorkspace(workspacesAnswer.parse(answers.listWorkspaces).data);
  }
}

/** A page of Segment's sources. */
export interface SourcesPage {
  readonly sources: SegmentSources;
  /** Cursor of the next page; absent after the last one. */
  readonly next?: string | undefined;
}

/**
 * Reads a page of Segment's sources.
 * Source: Segment, "Public API", list sources.
 *
 * @throws ZodError
 */
export function readSources(json: unknown): SourcesPage {
  const { sources, pagination } = sourcesAnswer.parse(json).data;
  return {
    sources: new Map(
      sources.map(({ id, slug, name, metadata }) => [
        id,
        { name: name || slug, kind: metadata?.slug ?? undefined },
      ]),
    ),
    next: pagination?.next ?? undefined,
  };
}

/** A profile may be deleted between two calls: what is then not found is empty. */
function readProfile(
  { traits = [], externalIds, events }: SegmentProfileLookup,
  { readProfileTraits, readProfileIds, readProfileEvents }: LookupAnswers,
  sources: SegmentSources,
): unknown {
  const found = readProfileTraits === undefined ? {} : traitsAnswer.parse(readProfileTraits).traits;
  const ids = readProfileIds === undefined ? [] : idsAnswer.parse(readProfileIds).data;
  const tracked = readProfileEvents === undefined ? [] : eventsAnswer.parse(readProfileEvents).data;
  const sourceOf = (id: string | null | undefined): SegmentSource | undefined => sources.get(id ?? '');
  const known = [...ids, ...tracked].flatMap(({ source_id }) => sourceOf(source_id) ?? []);
  const readIds = ids.map(
    ({ type, id, source_id }): ExternalId => ({ type, id, source: sourceOf(source_id)?.name }),
  );
  const readEvents = tracked.map(
    ({ event, properties, timestamp, source_id }): ProfileEvent => ({
      event,
      properties: properties ?? {},
      timestamp: timestamp ?? undefined,
      source: sourceOf(source_id)?.name,
    }),
  );
  return {
    traits: Object.fromEntries(Object.entries(found).filter(([name]) => traits.includes(name))),
    ...(externalIds === true ? { externalIds: readIds } : {}),
    ...(events === true ? { events: readEvents } : {}),
    ...(externalIds === true || events === true
      ? {
          channels: channelsOf(
            ids.map(({ type }) => type),
            known,
          ),
        }
      : {}),
  };
}

function readMembers({ readSegopsSegment, listSegopsMembers }: LookupAnswers): SegopsMembers | undefined {
  if (readSegopsSegment === undefined) {
    return undefined;
  }
  const members = listSegopsMembers === undefined ? [] : membersAnswer.parse(listSegopsMembers).results;
  return {
    count: segmentAnswer.parse(readSegopsSegment).member_count,
    userIds: members.map((member) => (typeof member === 'string' ? member : member.user_id)),
  };
}

function onlyWorkspace(
  workspaces: readonly { readonly id: string; readonly name?: string | null | undefined }[],
): MaveraWorkspace {
  const [only, ...others] = workspaces;
  if (only === undefined || others.length > 0) {
    const count = only === undefined ? 'no workspace' : 'more than one workspace';
    throw new LookupUnusableError(
      `maveraWorkspace: the Mavera account has ${count}; name one in the request`,
    );
  }
  return { id: only.id, name: only.name ?? undefined };
}
