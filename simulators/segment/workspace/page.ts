import type { ApiCall, ApiSurroundings } from './apiCall.ts';
import { type ApiReply, data, problem } from './apiReply.ts';

/** What a list says about the size of its pages. */
export interface PageRules {
  /** @default 1,000 */
  readonly most?: number;
  /** Whether `pagination.count` has to be there. @default false */
  readonly isRequired?: boolean;
}

/**
 * One page of a list.
 *
 * Source: docs.segmentapis.com, "Pagination": `pagination.count` from 1 to 1,000, an opaque `pagination.cursor`, and no
 * `next` on the last page. GUESS: the bracketed form (`pagination[count]`) is ignored; how a wrong value is refused.
 *
 * @param name of the list in the answer
 */
export function page(
  { url }: ApiCall,
  { pageSize }: ApiSurroundings,
  name: string,
  elements: readonly object[],
  { most = 1_000, isRequired = false }: PageRules = {},
): ApiReply {
  const given = url.searchParams.get('pagination.count');
  if (given === null && isRequired) {
    return problem(422, '"pagination.count" is required', 'pagination.count');
  }
  const asked = Number(given ?? pageSize);
  if (!Number.isInteger(asked) || asked < 1 || asked > most) {
    return problem(422, `"pagination.count" must be from 1 to ${most}`, 'pagination.count');
  }
  const cursor = url.searchParams.get('pagination.cursor');
  const from = cursor === null ? 0 : positionOf(cursor);
  if (from === undefined) {
    return problem(422, '"pagination.cursor" is not one that was given', 'pagination.cursor');
  }
  const to = from + Math.min(asked, pageSize);
  const pagination = {
    current: cursor ?? cursorAt(0),
    totalEntries: elements.length,
    ...(to < elements.length ? { next: cursorAt(to) } : {}),
  };
  return data({ [name]: elements.slice(from, to), pagination });
}

function cursorAt(position: number): string {
  return Buffer.from(String(position)).toString('base64');
}

function positionOf(cursor: string): number | undefined {
  const text = Buffer.from(cursor, 'base64').toString();
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
