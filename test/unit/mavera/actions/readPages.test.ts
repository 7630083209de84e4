import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { NotRecoverableError } from '../../../../functions/mavera/actions/actionPerformer.ts';
import { readPages } from '../../../../functions/mavera/actions/readPages.ts';
import { isSchemaError } from '../../../../functions/schema/schemaError.ts';

/** Reads all pages of `/things`; `answer` gives the answer to each read, by its number. */
async function readAll(
  answer: (count: number) => unknown,
): Promise<{ paths: readonly string[]; pages: readonly (readonly string[])[] }> {
  const paths: string[] = [];
  const pages: (readonly string[])[] = [];
  const read = async (path: string): Promise<unknown> => answer(paths.push(path));
  for await (const page of readPages('/things?limit=100', z.string(), read)) {
    pages.push(page);
  }
  return { paths, pages };
}

describe('the pages of a list', () => {
  it('each page is read by the cursor of the page before', async () => {
    const read = await readAll(
      (count) =>
        [
          { data: ['a', 'b'], next_cursor: 'to the 2nd' },
          { data: [], next_cursor: '\ud800' },
          { data: ['c'], next_cursor: null },
        ][count - 1],
    );
    expect(read).toEqual({
      paths: [
        '/things?limit=100',
        '/things?limit=100&cursor=to%20the%202nd',
        '/things?limit=100&cursor=%EF%BF%BD',
      ],
      pages: [['a', 'b'], [], ['c']],
    });
  });

  it.each([
    ['without a cursor', { data: ['a'] }, 1],
    ['with an empty one', { data: ['a'], next_cursor: '' }, 1],
    ['with one that was followed before', { data: ['a'], next_cursor: 'again' }, 2],
  ])('a page %s is the last one', async (_what, page, reads) => {
    const { paths, pages } = await readAll(() => page);
    expect([paths.length, pages.length]).toEqual([reads, reads]);
  });

  it('reading ends with an error after a hundred pages', async () => {
    let reads = 0;
    const reading = readAll((count) => {
      reads = count;
      return { data: [], next_cursor: `${count}` };
    });
    await expect(reading).rejects.toThrow(NotRecoverableError);
    await expect(reading).rejects.toThrow('it is not among the first 10000 of /things.');
    expect(reads).toBe(100);
  });

  it('pages that nobody asks for are not read', async () => {
    let reads = 0;
    const read = async (): Promise<unknown> => ({ data: [], next_cursor: `${reads++}` });
    for await (const _page of readPages('/things?limit=100', z.string(), read)) {
      break;
    }
    expect(reads).toBe(1);
  });

  it.each([
    ['something that is not a page', []],
    ['a page without items', {}],
    ['a page of other items', { data: [1] }],
    ['a page with a cursor of another type', { data: [], next_cursor: 2 }],
  ])('%s is a schema error', async (_what, answer) => {
    const error = await readAll(() => answer).catch((thrown: unknown) => thrown);
    expect(isSchemaError(error)).toBe(true);
  });
});
