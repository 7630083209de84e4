import type { SegmentPayloadEvent } from '../payload.ts';

/**
 * Applies a mapping's field "data" to an event: `{"@path": "$."}` is the whole event, `{"@path": "$.properties"}` a part,
 * and an object is built from its members. `@path` is the only one of Segment's directives that works here.
 *
 * Source: `packages/core/src/mapping-kit` of segmentio/action-destinations.
 *
 * @returns `undefined` for a part that the event does not have
 */
export function mappedData(mapping: unknown, event: SegmentPayloadEvent): unknown {
  if (!isObject(mapping)) {
    return mapping;
  }
  const { '@path': path } = mapping;
  if (typeof path === 'string') {
    return valueAt(path, event);
  }
  const members = Object.entries(mapping).map(([name, value]) => [name, mappedData(value, event)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function valueAt(path: string, event: SegmentPayloadEvent): unknown {
  const names = path.replace(/^\$\.?/, '').split('.');
  return names
    .filter((name) => name !== '')
    .reduce<unknown>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      event,
    );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
