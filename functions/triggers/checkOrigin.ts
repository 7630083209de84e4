import { sourceNames } from '../sources/source.ts';
import { problemsOfFilter } from './checkFilter.ts';
import { shown } from './shown.ts';
import type { Trigger } from './trigger.ts';

/** The problems of what starts a trigger's runs; each begins with the field. */
export function problemsOfOrigin({ source, when, after, route }: Partial<Trigger>): string[] {
  if (after === undefined) {
    return [...problemsOfSource(source), ...problemsOfFilter('when', when)];
  }
  const problems = [];
  if (when !== undefined) {
    problems.push('after: a trigger has either when or after; remove one of them');
  }
  if (source !== undefined) {
    problems.push('source: a trigger with after reads no source; remove it');
  }
  if (route !== undefined) {
    problems.push('route: a trigger with after reads no route; remove it');
  }
  if (nameOf(after) === undefined) {
    problems.push(`after: expected a trigger, such as a constant made by trigger(…), got ${shown(after)}`);
  }
  return problems;
}

function problemsOfSource(source: unknown): string[] {
  return source === undefined || sourceNames.some((name) => name === source)
    ? []
    : [`source: expected one of ${sourceNames.join(', ')}, got ${shown(source)}`];
}

/**
 * The problems of triggers that follow one another. Names count, not objects: triggers of several files may form a circle
 * that no single file shows.
 */
export function problemsOfChains(triggers: readonly Partial<Trigger>[]): string[] {
  const followed = new Map<string, string | undefined>();
  for (const trigger of triggers) {
    const name = nameOf(trigger);
    if (name !== undefined) {
      followed.set(name, nameOf(trigger.after));
    }
  }
  return [...followed].flatMap(([name, after]) => {
    if (after !== undefined && !followed.has(after)) {
      return [
        `trigger "${name}": after: there is no trigger "${after}" in defineTriggers; add it to the list`,
      ];
    }
    const circle = circleFrom(name, followed);
    return circle === undefined
      ? []
      : [`trigger "${name}": after: the triggers follow one another in a circle: ${circle.join(' after ')}`];
  });
}

/** The names from a trigger back to itself; `undefined` when it is in no circle. */
function circleFrom(
  name: string,
  followed: ReadonlyMap<string, string | undefined>,
): readonly string[] | undefined {
  const names = [name];
  for (let next = followed.get(name); next !== undefined; next = followed.get(next)) {
    if (next === name) {
      return [...names, name];
    }
    if (names.includes(next)) {
      return undefined;
    }
    names.push(next);
  }
  return undefined;
}

function nameOf(trigger: unknown): string | undefined {
  const name: unknown =
    typeof trigger === 'object' && trigger !== null
      ? (trigger as { readonly name?: unknown }).name
      : undefined;
  return typeof name === 'string' ? name : undefined;
}
