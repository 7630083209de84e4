import { type EventFields, isPlainObject, parseSegmentEvent } from '../segment/event.ts';
import type { ReadEvent } from '../source.ts';

/** What SegOps posts after each computation of a segment; no other event is documented. */
const recomputed = 'segment.recomputed';

/** The name that triggers see. */
export const recomputedEvent = 'Segment Recomputed';

/**
 * Reads an event of SegOps as a `track` event. All its members are the properties. It has no user: the members of the
 * segment are asked for with a lookup. An event that we do not know keeps SegOps's name for it, and has no message id.
 */
export function segOpsEvent(element: unknown): ReadEvent {
  if (!isPlainObject(element)) {
    return { ok: false, problem: 'expected an object' };
  }
  const { event: kind } = element;
  if (typeof kind !== 'string' || kind === '') {
    return { ok: false, problem: 'event: expected the name of an event' };
  }
  return kind === recomputed ? recomputedFrom(element) : eventOf(kind, element, {});
}

function recomputedFrom(element: EventFields): ReadEvent {
  const { tenant_slug: tenant, segment_id: segment, computed_at: computedAt } = element;
  if (typeof tenant !== 'string' || tenant === '') {
    return { ok: false, problem: 'tenant_slug: expected the name of a tenant' };
  }
  if ((typeof segment !== 'string' || segment === '') && typeof segment !== 'number') {
    return { ok: false, problem: 'segment_id: expected the id of a segment' };
  }
  const computedAtMs = typeof computedAt === 'string' ? Date.parse(computedAt) : Number.NaN;
  if (Number.isNaN(computedAtMs)) {
    return { ok: false, problem: 'computed_at: expected a time' };
  }
  const messageId = recomputedId(tenant, segment, computedAtMs);
  const timestamp = new Date(computedAtMs).toISOString();
  return eventOf(recomputedEvent, element, { messageId, timestamp });
}

/**
 * The message id of a computation, whoever tells of it: a post of SegOps, or a pull that makes up for a lost post.
 *
 * @example recomputedId('acme', 42, Date.parse('2026-05-02T14:32:00Z')) // 'acme/42/1777732320'
 */
export function recomputedId(tenant: string, segment: string | number, computedAtMs: number): string {
  return `${tenant}/${segment}/${Math.floor(computedAtMs / 1000)}`;
}

function eventOf(
  name: string,
  element: EventFields,
  more: { readonly messageId?: string; readonly timestamp?: string },
): ReadEvent {
  const mapped = { type: 'track', event: name, ...more, properties: element };
  const parsed = parseSegmentEvent(mapped);
  return parsed.ok ? { ...parsed, filtered: mapped } : parsed;
}
