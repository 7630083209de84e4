import type { Trigger } from './trigger.ts';

type Triggers = ReadonlyMap<string, Trigger>;

/**
 * The trigger whose pull finds the items that a trigger compares; `undefined` if it compares none. A trigger that collects
 * compares the items of a pull if the pull began its chain, and if no trigger before it has collected. One that tallies keeps
 * no results.
 */
export function comparedPullOf({ after, collect }: Trigger, triggers: Triggers): Trigger | undefined {
  if (after === undefined || collect === undefined || collect.tally !== undefined) {
    return undefined;
  }
  let first = triggers.get(after.name);
  while (first?.after !== undefined && first.collect === undefined) {
    first = triggers.get(first.after.name);
  }
  return first?.from === undefined || first.collect !== undefined ? undefined : first;
}

/** The names of the triggers that compare the items of a trigger's pull. */
export function comparersOf({ name }: Trigger, triggers: Triggers): readonly string[] {
  return [...triggers.values()]
    .filter((trigger) => comparedPullOf(trigger, triggers)?.name === name)
    .map((trigger) => trigger.name);
}
