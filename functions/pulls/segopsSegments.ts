import * as z from 'zod/mini';
import { recomputedEvent, recomputedId } from '../sources/segops/toEvent.ts';
import { checkChangedBy, checkId, checkOption } from './checkOption.ts';
import { definePull } from './definePull.ts';
import type { OperationCall, Pull, PulledItem } from './pull.ts';

export interface SegopsSegmentsOptions {
  /** Slug of the tenant, as SegOps's posts name it: a post and a pull of the same computation are then one event. */
  readonly tenant: string;
  /** Ids of up to 100 segments. @default all */
  readonly ids?: readonly number[];
  /**
   * By which share the number of members has to change before the segment counts as changed, such as 0.1. A change of its
   * name or definition counts too.
   * @default each computation is a change
   */
  readonly changedBy?: number;
}

/** What a `Segment Recomputed` event has; the first six are what SegOps posts. */
export type RecomputedSegment = {
  readonly event: 'segment.recomputed';
  readonly tenant_slug: string;
  readonly segment_id: number;
  readonly segment_name: string;
  readonly member_count: number;
  /** ISO 8601. */
  readonly computed_at: string;
  /** As SegOps has it; absent where SegOps does not give it. */
  readonly definition?: unknown;
};

const segmentSchema = z.object({
  id: z.number(),
  name: z.string(),
  member_count: z.optional(z.nullable(z.number())),
  last_computed_at: z.optional(z.nullable(z.string())),
  definition: z.optional(z.unknown()),
});
const pageSchema = z.object({
  next: z.optional(z.nullable(z.string())),
  results: z.array(segmentSchema),
});

/** The query of the next page; none at first. */
type State = { readonly query?: Readonly<Record<string, string>> };

/**
 * Pulls the segments of SegOps: one event `Segment Recomputed` for each computation, the same one that SegOps posts. As
 * `catchUp` of a trigger of the source `segops` it makes up for lost posts, because SegOps posts once and never again.
 * Segments that were never computed are left out.
 *
 * Source: SegOps, "Segments".
 *
 * @example
 * { name: 'recomputed', source: 'segops', when: 'event = "Segment Recomputed"', run,
 *   catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' } }
 */
export function segopsSegments(options: SegopsSegmentsOptions): Pull<RecomputedSegment> {
  const { tenant, ids, changedBy } = options;
  checkId('segopsSegments: tenant', tenant, 'acme');
  const isIds = ids === undefined || (Array.isArray(ids) && ids.length > 0 && ids.length <= 100);
  checkOption('segopsSegments: ids', isIds, 'a list of 1 to 100 ids', ids);
  checkChangedBy('segopsSegments', changedBy);
  return definePull({
    kind: 'segopsSegments',
    source: 'segops',
    operations: ids === undefined ? ['listSegopsSegments'] : ['readSegopsSegment'],
    start: {} as State,
    step: ({ query }, answers) => {
      if (answers.length === 0) {
        return { calls: ids === undefined ? [listCall(query)] : ids.map(readCall) };
      }
      if (ids !== undefined) {
        // A segment that was deleted is not found.
        const found = answers.filter((answer) => answer.found);
        return { events: found.flatMap(({ value }) => itemOf(segmentSchema.parse(value), options)) };
      }
      const { results, next } = pageSchema.parse(answers[0]?.value);
      return {
        events: results.flatMap((segment) => itemOf(segment, options)),
        next: next ? { query: queryOf(next) } : undefined,
      };
    },
  });
}

function listCall(query: State['query']): OperationCall {
  return { operation: 'listSegopsSegments', request: query === undefined ? {} : { query } };
}

function readCall(id: number): OperationCall {
  return { operation: 'readSegopsSegment', request: { path: { segment: String(id) } } };
}

/** Of the URL of the next page only what the operation takes. */
function queryOf(url: string): Readonly<Record<string, string>> {
  const { searchParams } = new URL(url, 'https://api.segops.ai');
  const names = ['limit', 'offset', 'page'].filter((name) => searchParams.has(name));
  return Object.fromEntries(names.map((name) => [name, searchParams.get(name) ?? '']));
}

function itemOf(
  { id, name, member_count, last_computed_at: computedAt, definition }: z.infer<typeof segmentSchema>,
  { tenant, changedBy }: SegopsSegmentsOptions,
): readonly PulledItem<RecomputedSegment>[] {
  const computedAtMs = computedAt ? Date.parse(computedAt) : Number.NaN;
  if (!computedAt || Number.isNaN(computedAtMs)) {
    return [];
  }
  const members = member_count ?? 0;
  return [
    {
      item: `${tenant}/${id}`,
      event: recomputedEvent,
      messageId: recomputedId(tenant, id, computedAtMs),
      timestamp: new Date(computedAtMs).toISOString(),
      properties: {
        event: 'segment.recomputed',
        tenant_slug: tenant,
        segment_id: id,
        segment_name: name,
        member_count: members,
        computed_at: computedAt,
        ...(definition === undefined || definition === null ? {} : { definition }),
      },
      compared:
        changedBy === undefined
          ? { exactly: Math.floor(computedAtMs / 1000) }
          : { exactly: [name, definition ?? null], roughly: { members }, share: changedBy },
    },
  ];
}
