import {
  type Condition,
  type GroupCondition,
  generateFql,
  parseFql,
} from '@segment/destination-subscriptions';
import { checkFqlSyntax } from './fqlSyntax.ts';
import { FqlSyntaxError } from './fqlToken.ts';

/** Conditions that Segment writes as functions: within parentheses only the last one may be such. */
const functionOperators: ReadonlySet<string> = new Set([
  'contains',
  'not_contains',
  'starts_with',
  'not_starts_with',
  'ends_with',
  'not_ends_with',
]);

/**
 * Joins filters with `or`, into as few texts as Segment's own evaluator reads as they are meant: an event matches one of
 * the results when it matches one of the filters. What cannot stand between others (parentheses within parentheses, two
 * functions in one) stays a text of its own.
 *
 * @param filters texts that {@link checkFqlSyntax} lets pass
 * @returns such texts as well, each different; the joined ones first
 * @throws FqlSyntaxError for any other text
 */
export function joinFilters(filters: readonly string[]): readonly string[] {
  const unique = new Map(filters.map((filter) => [generateFql(parsed(filter)), filter]));
  const joined: Condition[] = [];
  const alone: string[] = [];
  for (const filter of unique.values()) {
    const parts = orParts(parsed(filter));
    if (isReadable([...joined, ...parts])) {
      joined.push(...parts);
    } else {
      alone.push(filter);
    }
  }
  return joined.length === 0 ? alone : [anyOf(joined), ...alone];
}

/** @throws FqlSyntaxError */
function parsed(filter: string): GroupCondition {
  checkFqlSyntax(filter);
  const subscription = parseFql(filter);
  if ('error' in subscription) {
    throw subscription.error;
  }
  return subscription;
}

/** What a filter contributes to a list of alternatives. */
function orParts({ operator, children }: GroupCondition): readonly Condition[] {
  if (operator === 'or' || children.length === 1) {
    return children;
  }
  const isFunction = (condition: Condition): boolean =>
    'operator' in condition && functionOperators.has(condition.operator);
  const last = children.filter(isFunction);
  const ordered = [...children.filter((child) => !isFunction(child)), ...last];
  return [{ type: 'group', operator: 'and', children: ordered }];
}

/** Whether Segment reads the text of these alternatives as these alternatives. */
function isReadable(alternatives: readonly Condition[]): boolean {
  const text = anyOf(alternatives);
  try {
    checkFqlSyntax(text);
  } catch (error) {
    if (error instanceof FqlSyntaxError) {
      return false;
    }
    throw error;
  }
  return JSON.stringify(parseFql(text)) === JSON.stringify(listOf(alternatives));
}

function anyOf(alternatives: readonly Condition[]): string {
  return generateFql(listOf(alternatives));
}

/** Segment takes a list of one for an `and`. */
function listOf(alternatives: readonly Condition[]): GroupCondition {
  const [only] = alternatives;
  if (alternatives.length === 1 && only !== undefined && 'children' in only) {
    return only;
  }
  return { type: 'group', operator: alternatives.length === 1 ? 'and' : 'or', children: [...alternatives] };
}
