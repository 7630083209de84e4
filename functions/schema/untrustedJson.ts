import { scan } from 'secure-json-parse';
import { isPlainObject } from '../sources/segment/event.ts';

/** Segment sends 4,000 at most; a batch of many more tiny ones would take longer than the receiver has. */
export const maxElements = 10_000;
/** {@link maxElements} as people read it. Written out: `toLocaleString` takes 7 ms at each cold start. */
export const maxElementsText = '10,000';
/** Keys that could reach a prototype, written plainly or with escapes. */
const suspiciousKey = /__proto__|constructor|\\u00/i;

/** The elements of a body, or why there are none. */
export type ParsedElements =
  | { readonly ok: true; readonly elements: readonly unknown[] }
  | { readonly ok: false; readonly problem: 'notJson' | 'empty' | 'tooMany' | 'noObjects' };

/**
 * Parses the body of an authenticated request: the elements of an array, or one object. Keys that reach a prototype are
 * removed. At least one element is an object.
 */
export function parseElements(text: string): ParsedElements {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'notJson' };
  }
  const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (elements.length === 0) {
    return { ok: false, problem: 'empty' };
  }
  if (elements.length > maxElements) {
    return { ok: false, problem: 'tooMany' };
  }
  if (!elements.some(isPlainObject)) {
    return { ok: false, problem: 'noObjects' };
  }
  if (suspiciousKey.test(text)) {
    scan(elements, { protoAction: 'remove', constructorAction: 'remove' });
  }
  return { ok: true, elements };
}

/** A body as text, without a copy of its bytes. */
export function textOf(body: string | Uint8Array): string {
  return typeof body === 'string'
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/**
 * More levels than anyone nests on purpose. JSON can be parsed at any depth, but writing it needs stack for each level:
 * a few thousand levels fit, and fewer where each member is processed.
 */
export const mostLevels = 500;

/** Whether a JSON value has at most this many levels of objects and arrays. */
export function isNestedWithin(value: unknown, levels: number = mostLevels): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (levels > 0 && Object.values(value).every((inner) => isNestedWithin(inner, levels - 1)))
  );
}
