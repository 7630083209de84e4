import * as z from 'zod';
import type { Endpoint } from '../http/findEndpoint.ts';
import type { ApiAnswer } from '../http/reply.ts';
import { invalidField, notFound } from './problem.ts';
import { shownSegment } from './segment.ts';
import type { SegOpsAccount } from './segOpsAccount.ts';
import { readTrackedEvent } from './trackedEvent.ts';

/**
 * The form of a member, which SegOps does not document. GUESS: one of the two.
 * - `id`: the user id itself
 * - `object`: `{"user_id": …}`
 */
export type MemberForm = 'id' | 'object';

/** What an endpoint is called with. */
export interface SegOpsCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
  readonly account: SegOpsAccount;
  readonly memberForm: MemberForm;
  /** Computes a segment, and posts to the webhooks. */
  readonly recompute: (id: number) => void;
}

/** One method of one path. */
export interface SegOpsEndpoint extends Endpoint {
  readonly answer: (call: SegOpsCall) => ApiAnswer;
}

/** Source: SegOps documentation, "Ingestion". */
const maxBatchEvents = 500;
/** Source: SegOps documentation, "Members"; GUESS: that it is also the most. */
const defaultMembers = 1_000;
/** GUESS. */
const defaultPage = 50;

/** Sources: SegOps documentation, "Segments", "Ingestion"; what it leaves open is marked GUESS. */
export const endpoints: readonly SegOpsEndpoint[] = [
  { method: 'GET', path: '/segments/', answer: listSegments },
  { method: 'GET', path: '/segments/membership/', answer: readMembership },
  { method: 'GET', path: '/segments/:id/', answer: readSegment },
  { method: 'GET', path: '/segments/:id/members/', answer: listMembers },
  { method: 'POST', path: '/segments/:id/compute/', answer: compute },
  { method: 'POST', path: '/ingestion/track/', answer: track },
  { method: 'POST', path: '/ingestion/track/batch/', answer: trackBatch },
];

function listSegments({ query, account }: SegOpsCall): ApiAnswer {
  const limit = wholeNumber(query, 'limit', defaultPage);
  const offset = wholeNumber(query, 'offset', 0);
  const all = account.segments();
  const link = (at: number): string => `/api/segments/?limit=${limit}&offset=${at}`;
  return {
    status: 200,
    body: {
      count: all.length,
      next: offset + limit < all.length ? link(offset + limit) : null,
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : null,
      results: all.slice(offset, offset + limit).map((one) => shownSegment(one, account.tenant)),
    },
  };
}

function readMembership({ query, account }: SegOpsCall): ApiAnswer {
  const userId = query.get('user_id') ?? '';
  if (userId === '') {
    throw invalidField('user_id', 'This field is required.');
  }
  const { ids, isCached } = account.membership(userId);
  return { status: 200, body: { user_id: userId, segment_ids: ids, cached: isCached } };
}

function readSegment({ params, account }: SegOpsCall): ApiAnswer {
  return { status: 200, body: shownSegment(account.segment(idOf(params.id)), account.tenant) };
}

/** GUESS: how a cursor looks, and that a wrong one is 400. */
function listMembers({ params, query, account, memberForm }: SegOpsCall): ApiAnswer {
  const { members } = account.segment(idOf(params.id));
  const limit = wholeNumber(query, 'limit', defaultMembers);
  if (limit < 1 || limit > defaultMembers) {
    throw invalidField('limit', `Ensure this value is from 1 to ${defaultMembers}.`);
  }
  const from = positionOf(query.get('cursor'), members);
  const page = members.slice(from, from + limit);
  const last = page.at(-1);
  const hasMore = from + limit < members.length && last !== undefined;
  return {
    status: 200,
    body: {
      results: memberForm === 'id' ? page : page.map((id) => ({ user_id: id })),
      next_cursor: hasMore ? Buffer.from(last).toString('base64url') : null,
      count: members.length,
    },
  };
}

function compute({ params, account, recompute }: SegOpsCall): ApiAnswer {
  const { id } = account.segment(idOf(params.id));
  recompute(id);
  return { status: 202, body: { status: 'queued' } };
}

function track({ body, account }: SegOpsCall): ApiAnswer {
  const read = readTrackedEvent(body);
  if (!read.ok) {
    throw invalidField(read.field, read.text);
  }
  account.events.push(read.event);
  return { status: 202, body: { queued: true } };
}

/** Events that do not pass validation are dropped, and only counted. */
function trackBatch({ body, account }: SegOpsCall): ApiAnswer {
  const batch = z.object({ events: z.array(z.unknown()) }).safeParse(body);
  if (!batch.success) {
    throw invalidField('events', 'This field is required.');
  }
  const { events } = batch.data;
  if (events.length > maxBatchEvents) {
    throw invalidField('events', `Ensure this field has no more than ${maxBatchEvents} elements.`);
  }
  const read = events.map(readTrackedEvent).flatMap((one) => (one.ok ? [one.event] : []));
  account.events.push(...read);
  account.skipped += events.length - read.length;
  return { status: 202, body: { queued: read.length, skipped: events.length - read.length } };
}

function idOf(text = ''): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw notFound();
  }
  return Number(text);
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? String(otherwise);
  if (!/^\d{1,9}$/.test(text)) {
    throw invalidField(name, 'A valid integer is required.');
  }
  return Number(text);
}

function positionOf(cursor: string | null, members: readonly string[]): number {
  if (cursor === null || cursor === '') {
    return 0;
  }
  const index = members.indexOf(Buffer.from(cursor, 'base64url').toString());
  if (index < 0) {
    throw invalidField('cursor', 'Invalid cursor.');
  }
  return index + 1;
}
