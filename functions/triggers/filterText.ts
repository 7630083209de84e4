import type { Condition, GroupCondition } from './segmentFql.ts';

/** A condition that is not a group. */
export type Comparison = Exclude<Condition, GroupCondition>;

/**
 * Writes a parsed filter as FQL that parses to the same filter. Segment's own `generateFql` writes some filters that its
 * lexer cannot read: numbers with an exponent, and names such as `\1st` or `\and` without their backslash.
 */
export function filterText({ operator, children }: GroupCondition): string {
  return children.map(conditionText).join(` ${operator} `);
}

/** One condition as FQL; a group in parentheses. */
export function conditionText(condition: Condition): string {
  if (condition.type === 'group') {
    return `(${filterText(condition)})`;
  }
  const field = fieldText(condition);
  const { operator, value } = condition;
  switch (operator) {
    case 'contains':
      return `contains(${field}, "${value}")`;
    case 'not_contains':
      return `!contains(${field}, "${value}")`;
    case 'starts_with':
      return `match(${field}, "${value}*")`;
    case 'not_starts_with':
      return `!match(${field}, "${value}*")`;
    case 'ends_with':
      return `match(${field}, "*${value}")`;
    case 'not_ends_with':
      return `!match(${field}, "*${value}")`;
    case 'exists':
      return `${field} != null`;
    case 'not_exists':
      return `${field} = null`;
    case 'is_true':
      return `${field} = true`;
    case 'is_false':
      return `${field} = false`;
    case 'number_equals':
      return `${field} = ${decimal(Number(value))}`;
    case 'number_not_equals':
      return `${field} != ${decimal(Number(value))}`;
    case '=':
    case '!=':
      return `${field} ${operator} "${value}"`;
    default:
      return `${field} ${operator} ${decimal(Number(value))}`;
  }
}

/** The field as FQL, `properties.plan`. */
export function fieldText(comparison: Comparison): string {
  switch (comparison.type) {
    case 'event-type':
      return 'type';
    case 'event-property':
      return `properties.${pathText(comparison.name)}`;
    case 'event-trait':
      return `traits.${pathText(comparison.name)}`;
    case 'event-context':
      return `context.${pathText(comparison.name)}`;
    default:
      return comparison.type;
  }
}

function pathText(path: string): string {
  return path.split('.').map(nameText).join('.');
}

/** A name that the lexer reads as a name: not a keyword, and a first character that is not a letter is escaped. */
function nameText(name: string): string {
  const escaped = name.replaceAll(/[^A-Za-z0-9_-]/g, '\\$&');
  return /^(?:and$|or$|null$|[0-9-])/.test(escaped) ? `\\${escaped}` : escaped;
}

/** A number without an exponent, because the lexer cannot read one. */
function decimal(number: number): string {
  const text = String(number);
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === undefined) {
    return text;
  }
  const digits = `${whole}${fraction}`;
  const point = whole.length + Number(exponent);
  return point > 0 ? `${sign}${digits.padEnd(point, '0')}` : `${sign}0.${'0'.repeat(-point)}${digits}`;
}
