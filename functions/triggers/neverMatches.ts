import { excludeEachOther, neverHolds } from './comparisonPair.ts';
import { type Comparison, conditionText } from './filterText.ts';
import { type Condition, parseFql } from './segmentFql.ts';
import type { Trigger } from './trigger.ts';

/** Alternatives multiply: a filter that takes more steps to search counts as one that may match. */
const mostSteps = 10_000;

/**
 * Why a filter can never match, as Segment evaluates it; `undefined` for one that may. It finds contradictions between
 * two conditions that must both hold, but not those that take three conditions to see.
 *
 * @param when a filter that `checkFqlSyntax` accepts
 * @example
 * neverMatches('type = "track" and type = "page"'); // 'type = "track" and type = "page" cannot both hold'
 */
export function neverMatches(when: string): string | undefined {
  const filter = parseFql(when);
  if ('error' in filter) {
    return undefined;
  }
  const reasons = reasonsAgainst([filter], [], { stepsLeft: mostSteps });
  return reasons === undefined ? undefined : [...new Set(reasons)].join('; ');
}

/**
 * Whether a filter may match an event of which some fields are known. When it cannot be told, it may.
 *
 * @param known what holds for the event
 */
export function mayMatch(when: string, known: readonly Comparison[]): boolean {
  const filter = parseFql(when);
  return 'error' in filter || reasonsAgainst([filter], known, { stepsLeft: mostSteps }) === undefined;
}

/** A sentence for each filter of the triggers that can never match. */
export function neverMatchingTriggers(triggers: readonly Trigger[]): readonly string[] {
  return triggers.flatMap(({ name, when, cancelledBy }) => {
    const filters = [
      ...(when === undefined ? [] : [{ field: 'when', filter: when }]),
      ...(cancelledBy === undefined ? [] : [{ field: 'cancelledBy.when', filter: cancelledBy.when }]),
    ];
    return filters.flatMap(({ field, filter }) => {
      const reason = neverMatches(filter);
      return reason === undefined
        ? []
        : [`trigger "${name}": ${field}: it can never match: ${reason} (in: ${filter})`];
    });
  });
}

/**
 * Why conditions cannot all hold together with those already given: one reason for each way to choose from the groups of
 * alternatives; `undefined` as soon as one way is possible.
 */
function reasonsAgainst(
  [first, ...others]: readonly Condition[],
  given: readonly Comparison[],
  search: { stepsLeft: number },
): readonly string[] | undefined {
  search.stepsLeft -= 1;
  if (first === undefined || search.stepsLeft < 0) {
    return undefined;
  }
  if (first.type !== 'group') {
    const reason = reasonAgainst(first, given);
    return reason === undefined ? reasonsAgainst(others, [...given, first], search) : [reason];
  }
  if (first.operator === 'and') {
    const groups = first.children.filter(({ type }) => type === 'group');
    const comparisons = first.children.filter(({ type }) => type !== 'group');
    return reasonsAgainst([...comparisons, ...groups, ...others], given, search);
  }
  const reasons: string[] = [];
  for (const alternative of first.children) {
    const ofAlternative = reasonsAgainst([alternative, ...others], given, search);
    if (ofAlternative === undefined) {
      return undefined;
    }
    reasons.push(...ofAlternative);
  }
  return reasons;
}

function reasonAgainst(comparison: Comparison, given: readonly Comparison[]): string | undefined {
  if (neverHolds(comparison)) {
    return `${conditionText(comparison)} never holds`;
  }
  const other = given.find((earlier) => excludeEachOther(earlier, comparison));
  return other === undefined
    ? undefined
    : `${conditionText(other)} and ${conditionText(comparison)} cannot both hold`;
}
