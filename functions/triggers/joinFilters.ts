import { conditionText, filterText } from './filterText.ts';
import { checkFqlSyntax } from './fqlSyntax.ts';
import { type Condition, type GroupCondition, parseFql } from './segmentFql.ts';

/** Conditions that are written as functions. */
const functionOperators: ReadonlySet<string> = new Set([
  'contains',
  'not_contains',
  'starts_with',
  'not_starts_with',
  'ends_with',
  'not_ends_with',
]);

/**
 * Joins filters with `or` into as few filters as Segment's own evaluator reads correctly. An event matches one of the
 * results exactly when it matches one of the filters. A filter that cannot be put in parentheses (it has two functions,
 * or parentheses of its own) stays a filter of its own.
 *
 * @param filters filters that {@link checkFqlSyntax} accepts
 * @returns such filters too, without repeats, in the order given; the joined one is at the place of its first filter
 * @throws FqlSyntaxError for any other filter
 * @example
 * joinFilters(['type = "page"', 'type = "track" and event = "Order"']);
 * // ['type = "page" or (type = "track" and event = "Order")']
 */
export function joinFilters(filters: readonly string[]): readonly string[] {
  const parsedFilters = filters.map(parsed);
  const alternatives = parsedFilters.filter(canBeJoined).flatMap(alternativesOf);
  const joined = textOfAny(alternatives);
  return [...new Set(parsedFilters.map((filter) => (canBeJoined(filter) ? joined : filterText(filter))))];
}

/** @throws FqlSyntaxError */
function parsed(filter: string): GroupCondition {
  checkFqlSyntax(filter);
  const subscription = parseFql(filter);
  if ('error' in subscription) {
    throw subscription.error;
  }
  return withoutNeedlessGroups(subscription);
}

/** `(a and b) and c` is `a and b and c`. */
function withoutNeedlessGroups(group: GroupCondition): GroupCondition {
  const children = group.children.flatMap((child) =>
    child.type === 'group' && child.operator === group.operator ? child.children : [child],
  );
  return { ...group, children };
}

/** Conditions of which at least one must hold; functions are last in an `and`, where Segment can read one. */
function alternativesOf(filter: GroupCondition): readonly Condition[] {
  if (filter.operator === 'or' || filter.children.length === 1) {
    return filter.children;
  }
  const functions = filter.children.filter(isFunction);
  const others = filter.children.filter((child) => !isFunction(child));
  return [{ ...filter, children: [...others, ...functions] }];
}

function canBeJoined(filter: GroupCondition): boolean {
  return alternativesOf(filter).every(
    (alternative) =>
      alternative.type !== 'group' ||
      (alternative.children.every((child) => child.type !== 'group') &&
        alternative.children.filter(isFunction).length <= 1),
  );
}

function isFunction(condition: Condition): boolean {
  return condition.type !== 'group' && functionOperators.has(condition.operator);
}

function textOfAny(alternatives: readonly Condition[]): string {
  const distinct = [...new Map(alternatives.map((one) => [conditionText(one), one])).values()];
  const [first] = distinct;
  return first?.type === 'group' && distinct.length === 1
    ? filterText(first)
    : filterText({ type: 'group', operator: 'or', children: distinct });
}
