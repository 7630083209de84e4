import * as z from 'zod/mini';
import type { ReadMavera } from './actionPerformer.ts';

/**
 * Pages of 100 that are looked through. A message whose runner died comes back after a quarter of an hour; by then ten
 * calls at once, of five seconds each, have begun two thousand threads.
 */
const maxPages = 40;

const page = z.object({ data: z.array(z.unknown()), next_cursor: z.optional(z.nullable(z.string())) });

/**
 * The pages of one of Mavera's lists, read as they are asked for; at most 40, and none behind a cursor that has been
 * followed before. Source: Mavera API reference, "List personas", "List Mave threads".
 *
 * @param list path with its query, which names no cursor
 * @param item what an item is to be
 * @throws ZodError for an answer that is not a page of such items, and what `read` throws
 */
export async function* readPages<T extends z.ZodMiniType>(
  list: string,
  item: T,
  read: ReadMavera,
): AsyncGenerator<readonly z.output<T>[], void> {
  const items = z.array(item);
  const followed = new Set<string>();
  let path = list;
  for (let count = 0; count < maxPages; count += 1) {
    const { data, next_cursor: next } = page.parse(await read(path));
    yield items.parse(data);
    if (typeof next !== 'string' || next === '' || followed.has(next)) {
      return;
    }
    followed.add(next);
    path = `${list}&cursor=${encodeURIComponent(next.toWellFormed())}`;
  }
}
