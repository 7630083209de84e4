import { collectsManyUsers, reportFields } from './checkLimits.ts';
import type { Trigger } from './trigger.ts';

type Triggers = ReadonlyMap<string, Partial<Trigger>>;

/**
 * The problems of reports of triggers that follow others: the event of such a run is the event of the first one, which may
 * have no single user. Names count, not objects, as for the chains themselves.
 */
export function problemsOfChainReports(triggers: readonly Partial<Trigger>[]): string[] {
  const named = triggers.filter((trigger) => typeof trigger?.name === 'string');
  const byName: Triggers = new Map(named.map((trigger) => [trigger.name ?? '', trigger]));
  return named.flatMap((trigger) => {
    const without = followedBy(trigger, byName).map(problemOf).find(Boolean);
    const fields = without === undefined ? [] : reportFields.filter((field) => trigger[field] !== undefined);
    return fields.map((field) => `trigger "${trigger.name}": ${field}: ${without}`);
  });
}

/** The triggers that come before one in its chain, the nearest first. */
function followedBy(trigger: Partial<Trigger>, triggers: Triggers): readonly Partial<Trigger>[] {
  const found = new Set<Partial<Trigger>>();
  let next = triggers.get(trigger.after?.name ?? '');
  while (next !== undefined && !found.has(next)) {
    found.add(next);
    next = triggers.get(next.after?.name ?? '');
  }
  return [...found];
}

function problemOf({ name, collect, source }: Partial<Trigger>): string | undefined {
  if (collectsManyUsers(collect)) {
    return (
      `it follows "${name}", whose collected events of many users have no single user to report to; ` +
      `set collect.per of "${name}" to 'user' or a function`
    );
  }
  return source === 'segops'
    ? `it follows "${name}", and the events of SegOps have no user to report to; remove it`
    : undefined;
}
