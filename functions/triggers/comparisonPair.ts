import { type Comparison, fieldText } from './filterText.ts';
import { validate } from './segmentFql.ts';

/** The operators that match only strings or only numbers; `!=` and `exists` match both. */
const kinds: Readonly<Partial<Record<Comparison['operator'], 'string' | 'number'>>> = {
  contains: 'string',
  not_contains: 'string',
  starts_with: 'string',
  not_starts_with: 'string',
  ends_with: 'string',
  not_ends_with: 'string',
  number_not_equals: 'number',
  '<': 'number',
  '<=': 'number',
  '>': 'number',
  '>=': 'number',
};

/** Whether a comparison can never hold: every string contains, begins with and ends with "". */
export function neverHolds({ operator, value }: Comparison): boolean {
  return value === '' && ['not_contains', 'not_starts_with', 'not_ends_with'].includes(operator);
}

/**
 * Whether two comparisons can never hold for the same event, as Segment evaluates them. When in doubt, the answer is
 * no: two different fields are not compared, even where one may lie within the other.
 */
export function excludeEachOther(one: Comparison, other: Comparison): boolean {
  if (fieldText(one) !== fieldText(other)) {
    return false;
  }
  const only = onlyValueOf(one);
  if (only !== undefined) {
    return !holdsOf(other, only.value);
  }
  if (onlyValueOf(other) !== undefined) {
    return excludeEachOther(other, one);
  }
  const [kind, otherKind] = [kinds[one.operator], kinds[other.operator]];
  if (kind === undefined || otherKind === undefined) {
    return false;
  }
  if (kind !== otherKind) {
    return true;
  }
  return kind === 'number'
    ? endsBefore(one, other) || endsBefore(other, one)
    : rulesOut(one, other) || rulesOut(other, one);
}

/** The only value for which the comparison holds, if there is just one; to Segment, absent and `null` are the same. */
function onlyValueOf({ operator, value }: Comparison): { readonly value: unknown } | undefined {
  switch (operator) {
    case '=':
      return { value: String(value) };
    case 'number_equals':
      return { value: Number(value) };
    case 'is_true':
      return { value: true };
    case 'is_false':
      return { value: false };
    case 'not_exists':
      return { value: null };
    default:
      return undefined;
  }
}

function holdsOf(comparison: Comparison, value: unknown): boolean {
  const ofField = { ...comparison, type: 'event-property', name: 'field' } as const;
  return validate({ type: 'group', operator: 'and', children: [ofField] }, { properties: { field: value } });
}

/** Whether all numbers that match the first comparison are below those that match the second. */
function endsBefore(one: Comparison, other: Comparison): boolean {
  const [end, start] = [Number(one.value), Number(other.value)];
  if (!one.operator.startsWith('<') || !other.operator.startsWith('>')) {
    return false;
  }
  return end < start || (end === start && !(one.operator === '<=' && other.operator === '>='));
}

/** Whether a string that matches the first comparison can never match the second. */
function rulesOut(one: Comparison, other: Comparison): boolean {
  const [given, asked] = [String(one.value), String(other.value)];
  switch (other.operator) {
    case 'not_contains':
      return ['contains', 'starts_with', 'ends_with'].includes(one.operator) && given.includes(asked);
    case 'not_starts_with':
      return one.operator === 'starts_with' && given.startsWith(asked);
    case 'not_ends_with':
      return one.operator === 'ends_with' && given.endsWith(asked);
    case 'starts_with':
      return one.operator === 'starts_with' && !given.startsWith(asked) && !asked.startsWith(given);
    case 'ends_with':
      return one.operator === 'ends_with' && !given.endsWith(asked) && !asked.endsWith(given);
    default:
      return false;
  }
}
