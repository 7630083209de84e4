import * as z from 'zod/mini';
import { checkChangedBy, checkId, checkOption } from './checkOption.ts';
import { definePull } from './definePull.ts';
import type { Pull, PulledItem } from './pull.ts';

export interface SegmentAudiencesOptions {
  /** Id of the space, such as `spa_1`. */
  readonly space: string;
  /** Keys of the audiences; the pull fails when the space has no audience with such a key. @default all */
  readonly keys?: readonly string[];
  /** `'all'`: audiences that are turned off too. @default 'enabled' */
  readonly include?: 'enabled' | 'all';
  /**
   * By which share the size has to change before the audience counts as changed. A change of its name, description or
   * definition counts too.
   * @default 0.1
   */
  readonly changedBy?: number;
}

/** What an `Audience Pulled` event has. */
export type PulledAudience = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly description?: string;
  /** Members, as Segment counted them last; absent before the first count. */
  readonly size?: number;
  /** In Segment's query language, such as `trait('total_spend') > 100`; no personal data. */
  readonly definition?: string;
  readonly type?: 'USERS' | 'ACCOUNTS' | 'LINKED';
  readonly cadence?: string;
  readonly status?: string;
};

const text = z.optional(z.nullable(z.string()));
const audienceSchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  description: text,
  enabled: z.optional(z.boolean()),
  definition: z.optional(z.nullable(z.object({ query: text }))),
  audienceType: z.optional(z.nullable(z.enum(['USERS', 'ACCOUNTS', 'LINKED']))),
  computeCadence: z.optional(z.nullable(z.object({ type: text }))),
  status: text,
  size: z.optional(z.nullable(z.object({ count: z.optional(z.nullable(z.number())) }))),
});
const pageSchema = z.object({
  data: z.object({
    audiences: z.array(audienceSchema),
    pagination: z.optional(z.nullable(z.object({ next: text }))),
  }),
});

/** Most audiences that Segment gives in one page. */
const pageSize = '200';

interface State {
  readonly cursor?: string;
  /** Keys that no page had so far. */
  readonly missing: readonly string[];
  readonly isOver?: boolean;
}

/**
 * Pulls the audiences of a space: one event `Audience Pulled` each, with its size and definition, and no member.
 *
 * Source: Segment, "Public API", "List Audiences from Space" (v1): pages of 200, 60 requests a minute.
 *
 * @example trigger({ name: 'audience-persona', from: segmentAudiences({ space: 'spa_1' }), every: '7d' }, updatePersona(…))
 */
export function segmentAudiences(options: SegmentAudiencesOptions): Pull<PulledAudience> {
  const { space, keys, include = 'enabled', changedBy } = options;
  checkId('segmentAudiences: space', space, 'spa_1');
  const isInclude = include === 'enabled' || include === 'all';
  checkOption('segmentAudiences: include', isInclude, "'enabled' or 'all'", include);
  const isKeys = keys === undefined || (Array.isArray(keys) && keys.length > 0);
  checkOption('segmentAudiences: keys', isKeys, 'a list of keys, or nothing for all audiences', keys);
  checkChangedBy('segmentAudiences', changedBy);
  return definePull({
    kind: 'segmentAudiences',
    source: 'segment',
    operations: ['listAudiences'],
    start: { missing: keys ?? [] } as State,
    step: ({ cursor, missing, isOver }, [answer]) => {
      if (isOver === true) {
        throw new Error(`the space ${space} has no audience with the key ${missing.join(', ')}`);
      }
      if (answer === undefined) {
        const page = cursor === undefined ? {} : { 'pagination.cursor': cursor };
        const query = { 'pagination.count': pageSize, ...page };
        return { calls: [{ operation: 'listAudiences', request: { path: { space }, query } }] };
      }
      if (!answer.found) {
        throw new Error(`there is no space ${space}, or the token may not read it`);
      }
      const { audiences, pagination } = pageSchema.parse(answer.value).data;
      const wanted = audiences.filter(
        ({ key, enabled }) => (include === 'all' || enabled !== false) && (keys?.includes(key) ?? true),
      );
      const left = missing.filter((key) => !audiences.some((audience) => audience.key === key));
      return {
        events: wanted.map((audience) => itemOf(audience, options)),
        next: nextState(pagination?.next, left),
      };
    },
  });
}

function nextState(cursor: string | null | undefined, missing: readonly string[]): State | undefined {
  if (cursor) {
    return { cursor, missing };
  }
  // What was found is queued before the pull fails.
  return missing.length === 0 ? undefined : { missing, isOver: true };
}

function itemOf(
  audience: z.infer<typeof audienceSchema>,
  { changedBy = 0.1 }: SegmentAudiencesOptions,
): PulledItem<PulledAudience> {
  const { id, key, name, description, definition, audienceType, computeCadence, status, size } = audience;
  const query = definition?.query;
  const count = size?.count;
  return {
    item: id,
    event: 'Audience Pulled',
    properties: {
      id,
      key,
      name,
      ...(description ? { description } : {}),
      ...(typeof count === 'number' ? { size: count } : {}),
      ...(query ? { definition: query } : {}),
      ...(audienceType ? { type: audienceType } : {}),
      ...(computeCadence?.type ? { cadence: computeCadence.type } : {}),
      ...(status ? { status } : {}),
    },
    compared: {
      exactly: [name, description ?? null, query ?? null, audienceType ?? null],
      roughly: typeof count === 'number' ? { size: count } : {},
      share: changedBy,
    },
  };
}
