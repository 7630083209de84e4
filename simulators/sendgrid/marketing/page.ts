import { Refusal } from '../../http/refusal.ts';
import { problem } from '../problem.ts';

/** What a page is cut from. */
export interface PageRequest<Element> {
  readonly elements: readonly Element[];
  /** Where the list is, such as `http://127.0.0.1:4012/v3/marketing/singlesends`. */
  readonly url: string;
  /** The query of the call: that of the next page has all of it. */
  readonly query: URLSearchParams;
  readonly pageSize: number;
}

/** A page, and the links to its neighbours. */
export interface Page<Element> {
  readonly elements: readonly Element[];
  readonly metadata: object;
}

/**
 * Cuts the page that `page_token` names.
 *
 * Source: OpenAPI of SendGrid: `_metadata` has whole URLs, and no `next` on the last page. GUESS: how a token looks, and that
 * `count` is that of all elements.
 *
 * @throws Refusal 400 for a token that was not given
 */
export function cutPage<Element>({ elements, url, query, pageSize }: PageRequest<Element>): Page<Element> {
  const from = positionOf(query.get('page_token'));
  const to = from + pageSize;
  const linkTo = (position: number): string => {
    const other = new URLSearchParams(query);
    other.set('page_token', Buffer.from(`at ${position}`).toString('base64url'));
    return `${url}?${other}`;
  };
  return {
    elements: elements.slice(from, to),
    metadata: {
      self: linkTo(from),
      ...(from > 0 ? { prev: linkTo(Math.max(0, from - pageSize)) } : {}),
      ...(to < elements.length ? { next: linkTo(to) } : {}),
      count: elements.length,
    },
  };
}

function positionOf(token: string | null): number {
  if (token === null || token === '') {
    return 0;
  }
  const position = /^at (\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (position === undefined) {
    throw new Refusal(400, problem({ field: 'page_token', message: 'page_token is invalid' }));
  }
  return Number(position);
}
