import { actionKinds } from './actions.ts';
import { checkFqlSyntax } from './fqlSyntax.ts';
import { FqlSyntaxError } from './fqlToken.ts';
import type { Trigger } from './trigger.ts';

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const routePattern = /^[A-Za-z0-9_-]{1,64}$/;
const triggerFields: ReadonlySet<string> = new Set(['name', 'when', 'route', 'run']);
const actionFields: ReadonlySet<string> = new Set(['kind', 'build', 'estimatedCredits']);

/** A triggers file that cannot be used; each problem names the trigger and the field. */
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
export function defineTriggers<const Triggers extends readonly Trigger[]>(triggers: Triggers): Triggers {
  const problems = Array.isArray(triggers)
    ? [...triggers.flatMap(problemsOfTrigger), ...problemsOfNames(triggers)]
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
    ...problemsOfWhen(trigger.when),
    ...problemsOfRoute(trigger.route),
    ...problemsOfRun(trigger.run),
    ...unknownFields(trigger, triggerFields),
  ].map((problem) => `trigger ${label}: ${problem}`);
}

function problemsOfName(name: unknown): string[] {
  if (typeof name === 'string' && namePattern.test(name)) {
    return [];
  }
  return [`name: expected 1 to 64 of a-z, 0-9 and -, no - at its beginning or end; got ${shown(name)}`];
}

function problemsOfWhen(when: unknown): string[] {
  if (typeof when !== 'string' || when.trim() === '') {
    return ['when: expected a filter such as \'type = "track" and event = "plan_upgraded"\''];
  }
  try {
    checkFqlSyntax(when);
    return [];
  } catch (error) {
    if (error instanceof FqlSyntaxError) {
      return [`when: ${error.message} (in: ${when})`];
    }
    throw error;
  }
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
  return [`route: expected one path segment of 1 to 64 letters, digits, - or _, got ${shown(route)}`];
}

function problemsOfRun(run: unknown): string[] {
  if (typeof run !== 'object' || run === null) {
    return ['run: expected an action, such as askMave(({ event }) => ({ message: "…" }))'];
  }
  const { kind, build, estimatedCredits } = run as Record<string, unknown>;
  const problems = unknownFields(run, actionFields).map((problem) => `run: ${problem}`);
  if (!actionKinds.some((known) => known === kind) || typeof build !== 'function') {
    problems.push(
      'run: expected an action made by askMave or createPersona, with a function that builds the request',
    );
  }
  const isCredits =
    typeof estimatedCredits === 'number' && estimatedCredits >= 0 && Number.isFinite(estimatedCredits);
  if (estimatedCredits !== undefined && !isCredits) {
    problems.push(
      `run.estimatedCredits: expected a number of credits from 0, got ${shown(estimatedCredits)}`,
    );
  }
  return problems;
}

/** JSON has no NaN, no Infinity and no BigInt. */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function unknownFields(value: object, known: ReadonlySet<string>): string[] {
  return Object.keys(value)
    .filter((field) => !known.has(field))
    .map((field) => `${field}: there is no such field; the fields are ${[...known].join(', ')}`);
}

function problemsOfNames(triggers: readonly Partial<Trigger>[]): string[] {
  const names = triggers.map((trigger) => trigger?.name).filter((name) => typeof name === 'string');
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map(
    (name) => `trigger "${name}": name: two triggers have this name; each needs its own`,
  );
}
