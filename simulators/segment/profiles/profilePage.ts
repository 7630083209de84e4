import { invalidQuery } from './profileProblem.ts';

/** A page of a list, and where the next one begins. */
export interface ProfilePage<Element> {
  readonly elements: readonly Element[];
  readonly cursor: {
    readonly url: string;
    readonly has_more: boolean;
    readonly next: string;
    readonly limit: number;
  };
}

/** What a page is cut from. */
export interface PageRequest<Element> {
  readonly elements: readonly Element[];
  readonly query: URLSearchParams;
  /** Of the first page; `cursor.url` is that of the next one. */
  readonly path: string;
  readonly usually: number;
  readonly most: number;
}

/**
 * Cuts the page that the query's `limit` and `next` ask for.
 *
 * Source: Segment, "Profile API", pagination. GUESS: that a wrong limit is refused, and how a cursor looks.
 *
 * @throws Refusal 400
 */
export function cutProfilePage<Element>(request: PageRequest<Element>): ProfilePage<Element> {
  const { elements, query, path, usually, most } = request;
  const text = query.get('limit') ?? String(usually);
  const limit = Number(text);
  if (!/^\d{1,9}$/.test(text) || limit < 1 || limit > most) {
    throw invalidQuery(`limit must be a number from 1 to ${most}`);
  }
  const from = positionOf(query.get('next'));
  const to = from + limit;
  const hasMore = to < elements.length;
  const next = hasMore ? Buffer.from(`at ${to}`).toString('base64url') : '';
  return {
    elements: elements.slice(from, to),
    cursor: { url: hasMore ? `${path}?limit=${limit}&next=${next}` : path, has_more: hasMore, next, limit },
  };
}

function positionOf(cursor: string | null): number {
  if (cursor === null || cursor === '') {
    return 0;
  }
  const position = /^at (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) {
    throw invalidQuery('next is not a cursor that was given');
  }
  return Number(position);
}
