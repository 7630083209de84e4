import { type ActionKind, actionKinds } from './actions.ts';
import { parseDuration } from './duration.ts';
import { shown, unknownFields } from './shown.ts';

type Fields = Readonly<Record<string, unknown>>;

const minPollMs = 5_000;
const maxPollMs = 15 * 60_000;

/** For each option of each action: what is expected, if a value is wrong. */
const checks: Readonly<Record<ActionKind, Readonly<Record<string, (value: unknown) => string | undefined>>>> =
  {
    askMave: { thread: oneOf('per-user', 'per-group') },
    createPersona: {},
    updatePersona: { personaId: stringOrFunction, per: keyOrFunction },
    respondAs: { personaId: stringOrFunction, output: zodSchema },
    runFocusGroup: {
      idField: memberPath,
      statusField: memberPath,
      creditsField: memberPath,
      doneStatuses: nonEmptyStrings,
      failedStatuses: strings,
      pollEvery: (value) => duration(value, minPollMs, maxPollMs, 'from 5s to 15m'),
      timeout: (value) => duration(value, 1, Number.POSITIVE_INFINITY, 'such as 1h'),
    },
  };

/** The problems of a trigger's action; each begins with the field. */
export function problemsOfAction(run: unknown): string[] {
  if (typeof run !== 'object' || run === null) {
    return ['run: expected an action, such as askMave(({ event }) => ({ message: "…" }))'];
  }
  const { kind, build, estimatedCredits } = run as Fields;
  const known = actionKinds.find((name) => name === kind);
  if (known === undefined || typeof build !== 'function') {
    return [
      `run: expected an action made by ${actionKinds.join(', ')}, with a function that builds the request`,
    ];
  }
  const problems = unknownFields(
    run,
    new Set(['kind', 'build', 'estimatedCredits', ...Object.keys(checks[known])]),
  );
  const isCredits =
    typeof estimatedCredits === 'number' && estimatedCredits >= 0 && Number.isFinite(estimatedCredits);
  if (estimatedCredits !== undefined && !isCredits) {
    problems.push(`estimatedCredits: expected 0 credits or more, got ${shown(estimatedCredits)}`);
  }
  return [...problems, ...problemsOfOptions(known, run as Fields)].map((problem) => `run.${problem}`);
}

function problemsOfOptions(kind: ActionKind, run: Fields): string[] {
  const problems = Object.entries(checks[kind]).flatMap(([field, check]) => {
    const expected = run[field] === undefined ? undefined : check(run[field]);
    return expected === undefined ? [] : [`${field}: expected ${expected}, got ${shown(run[field])}`];
  });
  if (kind === 'updatePersona' && (run.personaId === undefined) === (run.per === undefined)) {
    problems.push('personaId: set either personaId, or per for a persona that this trigger creates');
  }
  if (kind === 'respondAs' && run.personaId === undefined) {
    problems.push('personaId: missing; set the id of the persona that answers');
  }
  return problems;
}

function oneOf(...choices: readonly string[]): (value: unknown) => string | undefined {
  return (value) =>
    choices.some((choice) => choice === value)
      ? undefined
      : choices.map((choice) => `'${choice}'`).join(' or ');
}

function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'a non-empty string';
}

/** Such as `status` or `data.status`. */
function memberPath(value: unknown): string | undefined {
  const isPath = typeof value === 'string' && value.split('.').every((name) => name !== '');
  return isPath ? undefined : "the name of a member, such as 'status' or 'data.status'";
}

function strings(value: unknown): string | undefined {
  const isStrings = Array.isArray(value) && value.every((item) => nonEmptyString(item) === undefined);
  return isStrings ? undefined : 'a list of strings';
}

function nonEmptyStrings(value: unknown): string | undefined {
  return (
    strings(value) ?? ((value as readonly unknown[]).length > 0 ? undefined : 'a list of one or more strings')
  );
}

function stringOrFunction(value: unknown): string | undefined {
  return typeof value === 'function' || nonEmptyString(value) === undefined
    ? undefined
    : 'an id, or a function that returns one';
}

/** Checks a {@link Per}. */
export function keyOrFunction(value: unknown): string | undefined {
  return value === 'user' || value === 'group' || typeof value === 'function'
    ? undefined
    : "'user', 'group' or a function of the event";
}

function zodSchema(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && '_zod' in value ? undefined : 'a zod schema';
}

/** @param expected e.g. `from 5s to 15m` */
export function duration(value: unknown, min: number, max: number, expected: string): string | undefined {
  const ms = parseDuration(value);
  return ms !== undefined && ms >= min && ms <= max ? undefined : `a duration ${expected}`;
}
