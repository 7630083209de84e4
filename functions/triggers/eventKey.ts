import type { SegmentEvent } from '../sources/segment/event.ts';

/**
 * What events are told apart by: `user` is the user id, else the anonymous id; `group` the group id (of a `group`
 * event, or of `context.groupId`); or what a function of the event returns.
 */
export type Per = 'user' | 'group' | ((event: SegmentEvent) => string | undefined);

/**
 * The key of an event; `undefined` when it has none.
 *
 * @throws whatever the function of a triggers file throws, and TypeError when it returns no key
 */
export function eventKey(per: Per, event: SegmentEvent): string | undefined {
  if (typeof per === 'function') {
    const key: unknown = per(event);
    if (key === undefined || key === null || key === '') {
      return undefined;
    }
    if (!['string', 'number', 'boolean'].includes(typeof key)) {
      throw new TypeError(`a key has to be a text, and the function of per returned ${nameOf(key)}`);
    }
    return String(key);
  }
  if (per === 'user') {
    return event.userId ?? event.anonymousId;
  }
  const { groupId } = event.context;
  const isId = (typeof groupId === 'string' && groupId !== '') || typeof groupId === 'number';
  return event.groupId ?? (isId ? String(groupId) : undefined);
}

function nameOf(value: unknown): string {
  return value instanceof Promise ? 'a promise' : `a value of type ${typeof value}`;
}
