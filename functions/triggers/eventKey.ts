import type { SegmentEvent } from '../sources/segment/event.ts';

/**
 * What events are told apart by: `user` is the user id, else the anonymous id; `group` the group id (of a `group`
 * event, or of `context.groupId`); or what a function of the event returns.
 */
export type Per = 'user' | 'group' | ((event: SegmentEvent) => string | undefined);

/**
 * The key of an event; `undefined` when it has none.
 *
 * @throws whatever the function of a triggers file throws
 */
export function eventKey(per: Per, event: SegmentEvent): string | undefined {
  if (typeof per === 'function') {
    const key: unknown = per(event);
    return key === undefined || key === null || key === '' ? undefined : String(key);
  }
  if (per === 'user') {
    return event.userId ?? event.anonymousId;
  }
  const { groupId } = event.context;
  const isId = (typeof groupId === 'string' && groupId !== '') || typeof groupId === 'number';
  return event.groupId ?? (isId ? String(groupId) : undefined);
}
