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
