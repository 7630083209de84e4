import { invalidField } from './apiError.ts';

/** One page of a list, as `GET /mave/threads` answers it. GUESS: the same for `GET /personas`. */
export interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly has_more: boolean;
  /** The `cursor` of the next page. */
  readonly next_cursor: string | null;
}

const defaultLimit = 50;
const greatestLimit = 100;

/** Cuts the page that the query's `limit` (1 to 100, default 50) and `cursor` ask for. */
export function cutPage<T extends { readonly id: string }>(
  items: readonly T[],
  query: URLSearchParams,
): Page<T> {
  const limit = readLimit(query.get('limit'));
  const start = readCursor(query.get('cursor'), items);
  const data = items.slice(start, start + limit);
  const last = data.at(-1);
  const hasMore = start + limit < items.length && last !== undefined;
  return {
    object: 'list',
    data,
    has_more: hasMore,
    next_cursor: hasMore ? Buffer.from(last.id).toString('base64url') : null,
  };
}

function readLimit(value: string | null): number {
  const limit = value === null ? defaultLimit : Number(value);
  if (!Number.isInteger(limit) || limit < 1 || limit > greatestLimit) {
    throw invalidField('limit', `an integer from 1 to ${greatestLimit}`);
  }
  return limit;
}

function readCursor(value: string | null, items: readonly { readonly id: string }[]): number {
  if (value === null) {
    return 0;
  }
  const id = Buffer.from(value, 'base64url').toString();
  const index = items.findIndex((item) => item.id === id);
  if (index < 0) {
    throw invalidField('cursor', 'a next_cursor of this list');
  }
  return index + 1;
}
