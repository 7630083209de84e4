import { validate } from '@segment/destination-subscriptions';
import { type Comparison, fieldText } from './filterText.ts';

/** The operators that let only texts, or only numbers, pass; `!=` and `exists` let both. */
const kinds: Readonly<Partial<Record<Comparison['operator'], 'text' | 'number'>>> = {
  contains: 'text',
  not_contains: 'text',
  starts_with: 'text',
  not_starts_with: 'text',
  ends_with: 'text',
  not_ends_with: 'text',
  number_not_equals: 'number',
  '<': 'number',
  '<=': 'number',
  '>': 'number',
  '>=': 'number',
};

/** Whether no value lets a comparison hold: there is no text that does not contain, begin and end with "". */
export function neverHolds({ operator, value }: Comparison): boolean {
  return value === '' && ['not_contains', 'not_starts_with', 'not_ends_with'].includes(operator);
}

/**
 * Whether no event lets both comparisons hold, as Segment evaluates them. In doubt they can: of two fields, of which one may
 * lie within the other, nothing is said.
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

/** The value of the field when the comparison holds, where there is just one; Segment does not tell absent from `null`. */
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

/** Whether all numbers that let the first hold are below those of the second. */
function endsBefore(one: Comparison, other: Comparison): boolean {
  const [end, start] = [Number(one.value), Number(other.value)];
  if (!one.operator.startsWith('<') || !other.operator.startsWith('>')) {
    return false;
  }
  return end < start || (end === start && !(one.operator === '<=' && other.operator === '>='));
}

/** Whether the text that the first one asks for keeps the second from holding. */
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
