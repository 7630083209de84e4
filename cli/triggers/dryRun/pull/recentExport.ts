import * as z from 'zod/mini';

const text = z.optional(z.nullable(z.string()));
const named = z.optional(z.nullable(z.array(z.object({ ID: text, id: text }))));
const listSchema = z.object({
  result: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      created_at: text,
      expires_at: text,
      segments: named,
      lists: named,
    }),
  ),
});

/** An export of SendGrid that can still be downloaded. */
export interface RecentExport {
  readonly id: string;
  readonly createdAt: string;
}

/**
 * The newest export of the same contacts, however old it is, as long as it has not expired.
 *
 * @param list the answer of "Get All Existing Exports"
 * @param body of the request that would start a new one
 */
export function recentExport(
  list: unknown,
  { segment_ids = [], list_ids = [] }: { readonly segment_ids?: unknown; readonly list_ids?: unknown },
  nowMs: number,
): RecentExport | undefined {
  const exports = listSchema.safeParse(list).data?.result ?? [];
  const usable = exports.filter(
    ({ status, expires_at: expiresAt, segments, lists }) =>
      status === 'ready' &&
      !(Date.parse(expiresAt ?? '') <= nowMs) &&
      hasIds(segments, segment_ids) &&
      hasIds(lists, list_ids),
  );
  const newest = usable.toSorted((one, other) => createdMs(other) - createdMs(one))[0];
  return newest === undefined
    ? undefined
    : { id: newest.id, createdAt: newest.created_at ?? 'an unknown time' };
}

function createdMs({ created_at: createdAt }: { readonly created_at?: string | null | undefined }): number {
  return Date.parse(createdAt ?? '') || 0;
}

function hasIds(found: z.infer<typeof named>, wanted: unknown): boolean {
  const ids = (found ?? []).map(({ ID, id }) => ID ?? id);
  return Array.isArray(wanted) && ids.length === wanted.length && wanted.every((id) => ids.includes(id));
}
