import {
  type Condition,
  type GroupCondition,
  generateFql,
  parseFql,
} from '@segment/destination-subscriptions';
import type { Trigger } from './trigger.ts';

type Leaf = Exclude<Condition, GroupCondition>;

/** The kinds of value that an operator lets pass. */
type Kind = 'text' | 'number' | 'true' | 'false' | 'nothing' | 'anything';

/**
 * Why a filter can never match, as Segment evaluates it; `undefined` for one that may. It knows contradictions between two
 * conditions that both have to hold; what needs three or more of them to be seen is let pass.
 *
 * @param when a text that `checkFqlSyntax` lets pass
 */
export function neverMatches(when: string): string | undefined {
  const filter = parseFql(when);
  return 'error' in filter ? undefined : contradictionIn(filter, []);
}

/** A sentence for each trigger whose filter can never match. */
export function neverMatchingTriggers(triggers: readonly Trigger[]): readonly string[] {
  return triggers.flatMap(({ name, when }) => {
    const contradiction = neverMatches(when);
    return contradiction === undefined
      ? []
      : [`trigger "${name}": when: it can never match: ${contradiction} (in: ${when})`];
  });
}

/** @param given conditions that have to hold as well */
function contradictionIn(group: GroupCondition, given: readonly Leaf[]): string | undefined {
  if (group.operator === 'or') {
    const found = group.children.map((child) =>
      contradictionIn(
        'children' in child ? child : { type: 'group', operator: 'and', children: [child] },
        given,
      ),
    );
    // All of them have to be impossible; the first reason stands for all.
    return found.every((reason) => reason !== undefined) ? found[0] : undefined;
  }
  const leaves = [...given, ...group.children.filter((child): child is Leaf => !('children' in child))];
  for (const [index, one] of leaves.entries()) {
    const other = leaves.slice(index + 1).find((later) => excludes(one, later));
    if (other !== undefined) {
      return `${textOf(one)} and ${textOf(other)} cannot both hold`;
    }
  }
  const groups = group.children.filter((child): child is GroupCondition => 'children' in child);
  return groups.map((inner) => contradictionIn(inner, leaves)).find((reason) => reason !== undefined);
}

function textOf(leaf: Leaf): string {
  return generateFql({ type: 'group', operator: 'and', children: [leaf] });
}

function excludes(one: Leaf, other: Leaf): boolean {
  if (fieldOf(one) !== fieldOf(other)) {
    return false;
  }
  const kinds = [kindOf(one), kindOf(other)];
  if (kinds.includes('anything')) {
    return negates(one, other) || negates(other, one);
  }
  if (kinds[0] !== kinds[1]) {
    return true;
  }
  return kinds[0] === 'number'
    ? rangesAreApart(one, other)
    : kinds[0] === 'text' && (textExcludes(one, other) || textExcludes(other, one));
}

function fieldOf(leaf: Leaf): string {
  return 'name' in leaf ? `${leaf.type} ${leaf.name}` : leaf.type;
}

const kinds: Readonly<Record<Leaf['operator'], Kind>> = {
  '=': 'text',
  contains: 'text',
  not_contains: 'text',
  starts_with: 'text',
  not_starts_with: 'text',
  ends_with: 'text',
  not_ends_with: 'text',
  number_equals: 'number',
  number_not_equals: 'number',
  '<': 'number',
  '<=': 'number',
  '>': 'number',
  '>=': 'number',
  is_true: 'true',
  is_false: 'false',
  not_exists: 'nothing',
  // Segment lets these pass whatever is not that, or is there.
  '!=': 'anything',
  exists: 'anything',
};

function kindOf({ operator }: Leaf): Kind {
  return kinds[operator];
}

/** Whether the second, which lets almost anything pass, rules out all that the first lets pass. */
function negates(one: Leaf, other: Leaf): boolean {
  if (other.operator === 'exists') {
    return one.operator === 'not_exists';
  }
  return other.operator === '!=' && one.operator === '=' && String(one.value) === String(other.value);
}

/** The first fixes the text, or its beginning or end; the second asks for another one. */
function textExcludes(one: Leaf, other: Leaf): boolean {
  const given = String(one.value);
  const asked = String(other.value);
  if (one.operator !== '=') {
    return isOpposite(one, other) && given === asked;
  }
  switch (other.operator) {
    case '=':
      return given !== asked;
    case 'contains':
      return !given.includes(asked);
    case 'not_contains':
      return given.includes(asked);
    case 'starts_with':
      return !given.startsWith(asked);
    case 'not_starts_with':
      return given.startsWith(asked);
    case 'ends_with':
      return !given.endsWith(asked);
    case 'not_ends_with':
      return given.endsWith(asked);
    default:
      return false;
  }
}

function isOpposite(one: Leaf, other: Leaf): boolean {
  return other.operator === `not_${one.operator}`;
}

interface Range {
  readonly from: number;
  readonly to: number;
  /** Without its finite limit. */
  readonly isOpen: boolean;
}

function rangesAreApart(one: Leaf, other: Leaf): boolean {
  const [number, unwanted] = one.operator === 'number_not_equals' ? [other, one] : [one, other];
  if (unwanted.operator === 'number_not_equals') {
    return number.operator === 'number_equals' && Number(number.value) === Number(unwanted.value);
  }
  const ranges = [rangeOf(one), rangeOf(other)];
  const from = Math.max(...ranges.map((range) => range.from));
  const to = Math.min(...ranges.map((range) => range.to));
  const leavesOut = (range: Range): boolean => range.isOpen && (range.from === from || range.to === from);
  return from > to || (from === to && ranges.some(leavesOut));
}

function rangeOf({ operator, value }: Leaf): Range {
  const limit = Number(value);
  switch (operator) {
    case '<':
      return { from: Number.NEGATIVE_INFINITY, to: limit, isOpen: true };
    case '<=':
      return { from: Number.NEGATIVE_INFINITY, to: limit, isOpen: false };
    case '>':
      return { from: limit, to: Number.POSITIVE_INFINITY, isOpen: true };
    case '>=':
      return { from: limit, to: Number.POSITIVE_INFINITY, isOpen: false };
    default:
      return { from: limit, to: limit, isOpen: false };
  }
}
