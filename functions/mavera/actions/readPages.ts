import * as z from 'zod/mini';
import { NotRecoverableError, type ReadMavera } from './actionPerformer.ts';

/**
 * Pages of 100 that are looked through. Ten calls at once, of five seconds each, begin two threads a second: by then it is
 * over an hour since the call.
 */
const maxPages = 100;

const page = z.object({ data: z.array(z.unknown()), next_cursor: z.optional(z.nullable(z.string())) });

/**
 * The pages of one of Mavera's lists, read as they are asked for; none behind a cursor that has been followed
 * before. Source: Mavera API reference, "List personas", "List Mave threads".
 *
 * @param list path with its query, which names no cursor
 * @param item what an item is to be
 * @throws NotRecoverableError when there are more than 100, ZodError for an answer that is not a page of such items, and
 *   what `read` throws
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
    `Whether Mavera did the work cannot be found out, since it is not among the ${maxPages * 100} first of ${list.split('?')[0]}: look at Mavera, then redrive or discard`,
  );
}
