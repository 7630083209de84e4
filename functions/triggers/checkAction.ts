import { type ActionKind, actionKinds } from './actions.ts';
import { parseDuration } from './duration.ts';
import { shown, unknownFields } from './shown.ts';

type Fields = Readonly<Record<string, unknown>>;

const minPollMs = 5_000;
const maxPollMs = 15 * 60_000;

/** What is wrong with each option of each kind of action. */
const checks: Readonly<Record<ActionKind, Readonly<Record<string, (value: unknown) => string | undefined>>>> =
  {
    askMave: { thread: oneOf('per-user', 'per-group') },
    createPersona: {},
    updatePersona: { personaId: textOrFunction, per: keyOrFunction },
    respondAs: { personaId: textOrFunction, output: zodSchema },
    runFocusGroup: {
      statusField: text,
      doneStatuses: someTexts,
      failedStatuses: texts,
      pollEvery: (value) => duration(value, minPollMs, maxPollMs, 'from 5s to 15m'),
      timeout: (value) => duration(value, 1, Number.POSITIVE_INFINITY, 'such as 1h'),
    },
  };

/** What is wrong with the action of a trigger; each problem begins with the field. */
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
    problems.push(`estimatedCredits: expected a number of credits from 0, got ${shown(estimatedCredits)}`);
  }
  return [...problems, ...problemsOfOptions(known, run as Fields)].map((problem) => `run.${problem}`);
}

function problemsOfOptions(kind: ActionKind, run: Fields): string[] {
  const problems = Object.entries(checks[kind]).flatMap(([field, check]) => {
    const expected = run[field] === undefined ? undefined : check(run[field]);
    return expected === undefined ? [] : [`${field}: expected ${expected}, got ${shown(run[field])}`];
  });
  if (kind === 'updatePersona' && (run.personaId === undefined) === (run.per === undefined)) {
    problems.push('personaId: give either personaId, or per for the persona that this trigger creates');
  }
  if (kind === 'respondAs' && run.personaId === undefined) {
    problems.push('personaId: say which persona is to answer');
  }
  return problems;
}

function oneOf(...choices: readonly string[]): (value: unknown) => string | undefined {
  return (value) => (choices.some((choice) => choice === value) ? undefined : choices.join(' or '));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'a text';
}

function texts(value: unknown): string | undefined {
  const isTexts = Array.isArray(value) && value.every((item) => text(item) === undefined);
  return isTexts ? undefined : 'a list of texts';
}

function someTexts(value: unknown): string | undefined {
  return (
    texts(value) ?? ((value as readonly unknown[]).length > 0 ? undefined : 'a list of texts, at least one')
  );
}

function textOrFunction(value: unknown): string | undefined {
  return typeof value === 'function' || text(value) === undefined
    ? undefined
    : 'an id, or a function that returns one';
}

/** Of {@link Per}. */
export function keyOrFunction(value: unknown): string | undefined {
  return value === 'user' || value === 'group' || typeof value === 'function'
    ? undefined
    : 'user, group or a function of the event';
}

function zodSchema(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && '_zod' in value ? undefined : 'a zod schema';
}

/** @param expected e.g. `from 5s to 15m` */
export function duration(value: unknown, min: number, max: number, expected: string): string | undefined {
  const ms = parseDuration(value);
  return ms !== undefined && ms >= min && ms <= max ? undefined : `a duration ${expected}`;
}
