import * as z from 'zod/mini';
import { NotRecoverableError, type ReadMavera } from './actionPerformer.ts';

/**
 * Pages of 100 that are read. Ten calls at once of five seconds each begin two threads a second, so 100 pages are more
 * than an hour of them.
 */
const maxPages = 100;

const page = z.object({ data: z.array(z.unknown()), next_cursor: z.optional(z.nullable(z.string())) });

/**
 * Reads the pages of one of Mavera's lists, one at a time as they are asked for. A cursor that comes twice ends it.
 * Source: Mavera API reference, "List personas", "List Mave threads".
 *
 * @param list path with its query, without a cursor
 * @param item schema of an item
 * @throws NotRecoverableError when there are more than 100 pages, ZodError for an answer that is not a page of such
 *   items, and what `read` throws
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
  throw new NotRecoverableError(
    `It is not known whether Mavera did the work, because it is not among the first ${maxPages * 100} of ${list.split('?')[0]}. Look at Mavera, then redrive or discard the run`,
  );
}
