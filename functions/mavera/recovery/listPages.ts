import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { boundedList } from '../../schema/boundedList.ts';

/**
 * Pages of 100 that are read. Ten calls at once of five seconds each begin two threads a second, so 100 pages are more
 * than an hour of them.
 */
export const maxPages = 100;

const page = z.object({ data: z.array(z.unknown()), next_cursor: z.optional(z.nullable(z.string())) });

/** Where the reading of a list stands. */
export const listPosition = z.object({
  /** Path of the page that was asked for, with its query. */
  path: z.string(),
  /** Digests of the cursors that were followed: a cursor that comes twice ends the list. */
  followed: z.array(z.string()),
});

export type ListPosition = Readonly<z.infer<typeof listPosition>>;

/** What a page holds, and where the list goes on. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** `end`: this was the last page; `too_long`: the list goes on, but no more of it is read. */
  readonly next: ListPosition | 'end' | 'too_long';
}

/** @param list path with its query, without a cursor */
export function firstPage(list: string): ListPosition {
  return { path: list, followed: [] };
}

/**
 * Reads one page of one of Mavera's lists.
 * Source: Mavera API reference, "List personas", "List Mave threads".
 *
 * @param list path with its query, without a cursor
 * @throws ZodError when it is not a page of such items
 */
export function readPage<T extends z.ZodMiniType>(
  list: string,
  { followed }: ListPosition,
  json: unknown,
  item: T,
): ListPage<z.output<T>> {
  const { data, next_cursor: cursor } = page.parse(json);
  const items = boundedList(item).parse(data);
  if (typeof cursor !== 'string' || cursor === '') {
    return { items, next: 'end' };
  }
  const digest = createHash('sha256').update(cursor).digest('base64url').slice(0, 8);
  if (followed.includes(digest)) {
    return { items, next: 'end' };
  }
  if (followed.length + 1 >= maxPages) {
    return { items, next: 'too_long' };
  }
  const path = `${list}&cursor=${encodeURIComponent(cursor.toWellFormed())}`;
  return { items, next: { path, followed: [...followed, digest] } };
}

/** Why a list that is too long tells nothing. */
export function tooLong(list: string): { readonly kind: 'unknowable'; readonly detail: string } {
  const detail = `It is not known whether Mavera did the work, because it is not among the first ${maxPages * 100} of ${list.split('?')[0]}. Check in Mavera, then redrive or discard the run`;
  return { kind: 'unknowable', detail };
}
