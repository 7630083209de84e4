/**
 * More than anybody nests on purpose. JSON is read at any depth, and written only as deep as the stack has room for, which
 * is some thousand levels, or fewer where something is done with each member.
 */
export const mostLevels = 500;

/** Whether a JSON value has no more than so many levels of objects and lists. */
export function isNestedWithin(value: unknown, levels: number = mostLevels): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (levels > 0 && Object.values(value).every((inner) => isNestedWithin(inner, levels - 1)))
  );
}
