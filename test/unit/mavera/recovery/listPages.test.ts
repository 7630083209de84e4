import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { firstPage, readPage, tooLong } from '../../../../functions/mavera/recovery/listPages.ts';
import { isSchemaError } from '../../../../functions/schema/schemaError.ts';

const list = '/things?limit=100';

/** Reads all pages; `answer` gives the answer to each read, by its number. */
function readAll(answer: (count: number) => unknown): {
  readonly paths: readonly string[];
  readonly pages: readonly (readonly string[])[];
  readonly end: string;
} {
  const paths: string[] = [];
  const pages: (readonly string[])[] = [];
  for (let position = firstPage(list); ; ) {
    const { items, next } = readPage(list, position, answer(paths.push(position.path)), z.string());
    pages.push(items);
    if (typeof next === 'string') {
      return { paths, pages, end: next };
    }
    position = next;
  }
}

describe('the pages of a list', () => {
  it('each page is read by the cursor of the page before', () => {
    const read = readAll(
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
      end: 'end',
    });
  });

  it.each([
    ['without a cursor', { data: ['a'] }, 1],
    ['with an empty cursor', { data: ['a'], next_cursor: '' }, 1],
    ['with a cursor that was followed before', { data: ['a'], next_cursor: 'again' }, 2],
  ])('a page %s is the last one', (_what, page, reads) => {
    const { paths, end } = readAll(() => page);
    expect([paths.length, end]).toEqual([reads, 'end']);
  });

  it('reading stops after a hundred pages, and says so', () => {
    const { paths, end } = readAll((count) => ({ data: [], next_cursor: `${count}` }));
    expect([paths.length, end]).toEqual([100, 'too_long']);
    expect(tooLong(list).detail).toContain('it is not among the first 10000 of /things.');
  });

  it.each([
    ['something that is not a page', []],
    ['a page without items', {}],
    ['a page of other items', { data: [1] }],
    ['a page with a cursor of another type', { data: [], next_cursor: 2 }],
  ])('%s is a schema error', (_what, answer) => {
    let thrown: unknown;
    try {
      readAll(() => answer);
    } catch (error) {
      thrown = error;
    }
    expect(isSchemaError(thrown)).toBe(true);
  });
});
