import type { System } from '../access/operation.ts';
import { type OperationName, operations } from '../access/operations.ts';
import { sourceNames } from '../sources/source.ts';
import { problemsOfFilter } from '../triggers/checkFilter.ts';
import { shown, unknownFields } from '../triggers/shown.ts';
import { problemOfEvery } from './schedule.ts';

type Fields = Readonly<Record<string, unknown>>;

const kindPattern = /^[A-Za-z0-9-]{1,64}$/;
const pullFields: ReadonlySet<string> = new Set([
  'kind',
  'source',
  'operations',
  'files',
  'spaces',
  'start',
  'step',
  'problemsOf',
]);
/** The puller has credentials of these systems only: what a pull finds goes to Mavera by the runs that it starts. */
const pulledSystems: ReadonlySet<System> = new Set(['segment', 'segmentProfiles', 'sendgrid', 'segops']);

/** The problems of what a trigger pulls, as its origin or to catch up; each begins with the field. */
export function problemsOfPullOrigin({ from, every, when, again, atMost, ...trigger }: Fields): string[] {
  return from === undefined
    ? problemsOfCatchUp(trigger)
    : [
        ...problemsOfPull(from).map((problem) => `from: ${problem}`),
        ...listed(problemOfEvery(every)),
        ...(when === undefined ? [] : problemsOfFilter('when', when)),
        ...(again === undefined || again === 'always'
          ? []
          : [`again: expected 'always', or nothing; got ${shown(again)}`]),
        ...problemsOfAtMost(atMost),
      ];
}

/** The problems of `catchUp`; each begins with the field. */
function problemsOfCatchUp({ catchUp, source, route }: Fields): string[] {
  const { from, every } = catchUp as Fields;
  const problems = [
    ...unknownFields(catchUp as object, new Set(['from', 'every'])),
    ...problemsOfPull(from).map((problem) => `from: ${problem}`),
    ...listed(problemOfEvery(every)),
  ].map((problem) => `catchUp.${problem}`);
  const pulled = (from as Partial<Fields> | null | undefined)?.source;
  if (problems.length === 0 && pulled !== (source ?? 'segment')) {
    problems.push(`catchUp: it reads ${pulled}, and the trigger's source is ${source ?? 'segment'}`);
  }
  if (Array.isArray(route) && route.length !== 1) {
    problems.push('catchUp: its events need one route to enter by; set route to one name');
  }
  return problems;
}

function problemsOfPull(pull: unknown): string[] {
  if (typeof pull !== 'object' || pull === null || typeof (pull as Fields).step !== 'function') {
    return [`expected a pull, such as segmentAudiences({ space: 'spa_1' }), got ${shown(pull)}`];
  }
  const { kind, source, operations: names, files, spaces, start } = pull as Fields;
  return [
    ...unknownFields(pull, pullFields),
    ...(typeof kind === 'string' && kindPattern.test(kind)
      ? []
      : [`kind: expected 1 to 64 letters, digits and -, got ${shown(kind)}`]),
    ...(sourceNames.some((name) => name === source)
      ? []
      : [`source: expected one of ${sourceNames.join(', ')}, got ${shown(source)}`]),
    ...problemsOfOperations(names),
    ...problemsOfStrings('files', 'files', files),
    ...problemsOfStrings('spaces', 'ids of spaces', spaces),
    ...problemsOfStart(start),
  ];
}

function problemsOfStart(start: unknown): string[] {
  if (start === undefined) {
    return ['start: missing; set the state of the first step'];
  }
  return isJson(start) ? [] : [`start: expected what JSON can write, got ${shown(start)}`];
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

function problemsOfStrings(field: 'files' | 'spaces', what: string, value: unknown): string[] {
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return value === undefined || isList ? [] : [`${field}: expected a list of ${what}, got ${shown(value)}`];
}

function problemsOfOperations(names: unknown): string[] {
  if (!Array.isArray(names)) {
    return [`operations: expected a list of operations, got ${shown(names)}`];
  }
  return names.flatMap((name) => {
    const isKnown = typeof name === 'string' && Object.hasOwn(operations, name);
    if (isKnown && pulledSystems.has(operations[name as OperationName].system)) {
      return [];
    }
    const problem = isKnown ? `a pull cannot call ${name}` : `there is no operation ${shown(name)}`;
    return [`operations: ${problem}; it may call ${pulledOperations().join(', ')}`];
  });
}

function pulledOperations(): readonly string[] {
  return Object.entries(operations).flatMap(([name, { system }]) =>
    pulledSystems.has(system) ? [name] : [],
  );
}

function problemsOfAtMost(atMost: unknown): string[] {
  if (atMost === undefined) {
    return [];
  }
  if (typeof atMost !== 'object' || atMost === null) {
    return [`atMost: expected an object with runs or credits, got ${shown(atMost)}`];
  }
  const { runs, credits } = atMost as Fields;
  const problems = [
    ...unknownFields(atMost, new Set(['runs', 'credits'])),
    ...(runs === undefined || (Number.isInteger(runs) && (runs as number) >= 1)
      ? []
      : [`runs: expected a whole number of 1 or more, got ${shown(runs)}`]),
    ...(credits === undefined || (typeof credits === 'number' && credits > 0 && Number.isFinite(credits))
      ? []
      : [`credits: expected more than 0 credits, got ${shown(credits)}`]),
  ].map((problem) => `atMost.${problem}`);
  const isEmpty = problems.length === 0 && runs === undefined && credits === undefined;
  return isEmpty ? ['atMost: set runs or credits'] : problems;
}

function listed(problem: string | undefined): string[] {
  return problem === undefined ? [] : [problem];
}
