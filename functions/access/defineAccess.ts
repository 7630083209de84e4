import { shown } from '../triggers/shown.ts';
import { type Access, type Agent, type Grants, resourceOf } from './grants.ts';
import { accessLevels } from './operation.ts';
import { type OperationName, operations } from './operations.ts';

/** What each trigger and each pull may do; what is absent may do nothing. */
export interface AccessFile {
  /** What runs may do, by the trigger's name. */
  readonly triggers?: Readonly<Record<string, Access>>;
  /** What pulls may do, by the name of their trigger. */
  readonly pulls?: Readonly<Record<string, Access>>;
}

/** The kinds of agents, by the fields of the file. */
const kinds = { triggers: 'trigger', pulls: 'pull' } as const;
const sections = ['triggers', 'pulls'] as const;

/** Thrown for an access file that cannot be used; each problem names the trigger and the resource. */
export class InvalidAccessError extends Error {
  override readonly name = 'InvalidAccessError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The access file cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Declares what triggers may do with outside systems: the default export of `access.ts`. With such a file, everything that
 * it does not grant is off.
 *
 * @throws InvalidAccessError with every problem found
 * @example
 * export default defineAccess({
 *   triggers: { 'churn-signal': { 'mavera.mave': 'write', 'mavera.usage': 'read' } },
 * });
 */
export function defineAccess(file: AccessFile): Grants {
  const problems = problemsOfFile(file);
  if (problems.length > 0) {
    throw new InvalidAccessError(problems);
  }
  return Object.fromEntries(
    sections.flatMap((section) =>
      Object.entries(file[section] ?? {}).map(([name, access]) => [
        `${kinds[section]}/${name}` satisfies Agent,
        access,
      ]),
    ),
  );
}

/**
 * Checks what an access file exports: the return value of {@link defineAccess}.
 *
 * @throws InvalidAccessError for anything else, such as the plain object that `defineAccess` takes
 */
export function checkGrants(exported: unknown): Grants {
  const isMade =
    isObject(exported) &&
    Object.entries(exported).every(
      ([agent, access]) =>
        sections.some((section) => agent.startsWith(`${kinds[section]}/`)) &&
        problemsOfAccess(access).length === 0,
    );
  if (!isMade) {
    throw new InvalidAccessError(['the default export has to be made by defineAccess({ triggers: { … } })']);
  }
  return exported as Grants;
}

function problemsOfFile(file: unknown): string[] {
  if (
    !isObject(file) ||
    sections.some((section) => file[section] !== undefined && !isObject(file[section]))
  ) {
    return ['expected { triggers: { <name of a trigger>: { <resource>: <level> } } }'];
  }
  const unknown = Object.keys(file).filter((field) => !sections.some((section) => section === field));
  return [
    ...unknown.map((field) => `${field}: there is no such field; the fields are ${sections.join(', ')}`),
    ...sections.flatMap((section) =>
      Object.entries(file[section] ?? {}).flatMap(([name, access]) =>
        problemsOfAccess(access).map((problem) => `${kinds[section]} "${name}": ${problem}`),
      ),
    ),
  ];
}

function problemsOfAccess(access: unknown): string[] {
  if (!isObject(access)) {
    return [`expected an object of resources and levels, got ${shown(access)}`];
  }
  const resources: ReadonlySet<string> = new Set(
    (Object.keys(operations) as OperationName[]).map(resourceOf),
  );
  return Object.entries(access).flatMap(([resource, level]) => {
    if (!resources.has(resource)) {
      return [`${resource}: there is no such resource; the resources are ${[...resources].join(', ')}`];
    }
    const isLevel = accessLevels.some((known) => known === level);
    return isLevel ? [] : [`${resource}: expected ${accessLevels.join(', ')}, got ${shown(level)}`];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
