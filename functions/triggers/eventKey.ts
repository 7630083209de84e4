import type { SegmentEvent } from '../sources/segment/event.ts';

/**
 * How events are grouped by key. `user`: the user id, otherwise the anonymous id. `group`: the group id (of a `group`
 * event, otherwise `context.groupId`). A function: what it returns for the event.
 */
export type Per = 'user' | 'group' | ((event: SegmentEvent) => string | undefined);

/**
 * The key of an event; `undefined` when it has none.
 *
 * @throws whatever the function throws, and TypeError when it returns something that cannot be a key
 */
export function eventKey(per: Per, event: SegmentEvent): string | undefined {
  if (typeof per === 'function') {
    const key: unknown = per(event);
    if (key === undefined || key === null || key === '') {
      return undefined;
    }
    if (key instanceof Promise) {
      // Otherwise its failure would end the process.
      key.catch(() => undefined);
    }
    if (!['string', 'number', 'boolean'].includes(typeof key)) {
      throw new TypeError(`a key has to be a string, and the \`per\` function returned ${nameOf(key)}`);
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
