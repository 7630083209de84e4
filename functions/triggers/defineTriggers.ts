import { problemsOfLookups } from '../lookups/checkLookups.ts';
import { problemsOfAction } from './checkAction.ts';
import { problemsOfChainReports } from './checkChainReports.ts';
import { problemsOfLimits } from './checkLimits.ts';
import { problemsOfChains, problemsOfOrigin } from './checkOrigin.ts';
import { shown, unknownFields } from './shown.ts';
import type { StartedTrigger, Trigger } from './trigger.ts';

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const routePattern = /^[A-Za-z0-9_-]{1,64}$/;
const triggerFields: ReadonlySet<string> = new Set([
  'name',
  'source',
  'when',
  'route',
  'catchUp',
  'from',
  'every',
  'again',
  'atMost',
  'after',
  'with',
  'only',
  'run',
  'staleAfter',
  'sample',
  'weight',
  'cooldown',
  'collect',
  'budget',
  'approve',
  'cancelledBy',
  'toSegment',
  'toSegOps',
]);

/** Thrown for a triggers file that cannot be used; each problem names the trigger and the field. */
export class InvalidTriggersError extends Error {
  override readonly name = 'InvalidTriggersError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The triggers cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Declares the triggers: the default export of `triggers.ts`.
 *
 * @returns the same triggers, checked
 * @throws InvalidTriggersError with every problem found
 * @example
 * export default defineTriggers([
 *   {
 *     name: 'churn-signal',
 *     when: 'type = "track" and event = "churn_signal"',
 *     run: askMave(({ event }) => ({ message: `Why ${event.properties.signal_type}?` })),
 *   },
 * ]);
 */
export function defineTriggers<const Triggers extends readonly StartedTrigger[]>(
  triggers: Triggers,
): Triggers {
  const problems = Array.isArray(triggers)
    ? [
        ...triggers.flatMap(problemsOfTrigger),
        ...problemsOfNames(triggers),
        ...problemsOfChains(triggers),
        ...problemsOfChainReports(triggers),
      ]
    : ['defineTriggers takes an array of triggers'];
  if (problems.length > 0) {
    throw new InvalidTriggersError(problems);
  }
  return triggers;
}

function problemsOfTrigger(trigger: Partial<Trigger> | null | undefined, index: number): string[] {
  if (typeof trigger !== 'object' || trigger === null) {
    return [`trigger ${index + 1}: expected an object with name, when and run`];
  }
  const label =
    typeof trigger.name === 'string' && trigger.name !== '' ? `"${trigger.name}"` : `${index + 1}`;
  return [
    ...problemsOfName(trigger.name),
    ...problemsOfOrigin(trigger),
    ...problemsOfRoute(trigger.route),
    ...problemsOfAction(trigger.run),
    ...problemsOfLookups(trigger.with, trigger.only),
    ...problemsOfLimits({ ...trigger }),
    ...unknownFields(trigger, triggerFields),
  ].map((problem) => `trigger ${label}: ${problem}`);
}

function problemsOfName(name: unknown): string[] {
  if (typeof name === 'string' && namePattern.test(name)) {
    return [];
  }
  return [
    `name: expected 1 to 64 characters of a-z, 0-9 and -, without - at the beginning or end; got ${shown(name)}`,
  ];
}

function problemsOfRoute(route: unknown): string[] {
  if (route === undefined) {
    return [];
  }
  const routes = Array.isArray(route) ? route : [route];
  const wrong = routes.filter((item) => typeof item !== 'string' || !routePattern.test(item));
  if (routes.length > 0 && wrong.length === 0) {
    return [];
  }
  return [
    `route: expected a path segment (or a list of them) of 1 to 64 letters, digits, - or _, got ${shown(route)}`,
  ];
}

function problemsOfNames(triggers: readonly Partial<Trigger>[]): string[] {
  const names = triggers.map((trigger) => trigger?.name).filter((name) => typeof name === 'string');
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map(
    (name) => `trigger "${name}": name: two triggers have this name; each needs a name of its own`,
  );
}
