import { parseDuration } from '../triggers/duration.ts';
import { shown, unknownFields } from '../triggers/shown.ts';
import { type LookupKind, lookupKinds, takenNames } from './lookup.ts';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** An id as Segment writes it: it becomes part of a path. */
const spacePattern = /^[A-Za-z0-9_-]{1,100}$/;

/** For each option of each kind: what is expected, if a value is wrong. */
const checks: Readonly<Record<LookupKind, Readonly<Record<string, Check>>>> = {
  segmentProfile: { space, traits, externalIds: yesOrNo, events: yesOrNo },
  segopsMembership: {},
  segopsMembers: { segment, first },
  maveraWorkspace: {},
};

/** The problems of a trigger's lookups and of the function that uses them; each begins with the field. */
export function problemsOfLookups(lookups: unknown, only: unknown): string[] {
  const problems =
    only === undefined || typeof only === 'function'
      ? []
      : [`only: expected a function that returns true or false, got ${shown(only)}`];
  if (lookups === undefined) {
    return problems;
  }
  if (typeof lookups !== 'object' || lookups === null || Array.isArray(lookups)) {
    return [...problems, `with: expected an object of lookups by name, got ${shown(lookups)}`];
  }
  return [...Object.entries(lookups).flatMap(problemsOfEntry), ...problems];
}

function problemsOfEntry([name, lookup]: readonly [string, unknown]): string[] {
  const problems = [...problemsOfName(name), ...problemsOfLookup(lookup)];
  return problems.map((problem) => `with.${name}: ${problem}`);
}

function problemsOfName(name: string): string[] {
  if (takenNames.some((taken) => taken === name)) {
    return [`the name is taken; the functions of a trigger are given ${takenNames.join(', ')} already`];
  }
  return namePattern.test(name)
    ? []
    : ['the name has to be 1 to 64 letters, digits or _, and no digit first'];
}

function problemsOfLookup(lookup: unknown): string[] {
  const fields = typeof lookup === 'object' && lookup !== null ? (lookup as Fields) : {};
  const known = lookupKinds.find((kind) => kind === fields.kind);
  if (known === undefined) {
    return [`expected a lookup made by ${lookupKinds.join(', ')}, got ${shown(lookup)}`];
  }
  const options: Readonly<Record<string, Check>> = { freshFor, ...checks[known] };
  const problems = Object.entries(options).flatMap(([field, check]) => {
    const expected = fields[field] === undefined ? undefined : check(fields[field]);
    return expected === undefined ? [] : [`${field}: expected ${expected}, got ${shown(fields[field])}`];
  });
  return [
    ...problems,
    ...unknownFields(fields, new Set(['kind', ...Object.keys(options)])),
    ...problemsOfMissing(known, fields),
  ];
}

function problemsOfMissing(kind: LookupKind, fields: Fields): string[] {
  if (kind === 'segopsMembers' && fields.segment === undefined) {
    return ['segment: missing; set the id of a segment, or a function of the event that returns it'];
  }
  const asksNothing =
    kind === 'segmentProfile' &&
    fields.traits === undefined &&
    fields.externalIds !== true &&
    fields.events !== true;
  return asksNothing ? ['it asks for nothing; set traits, externalIds or events'] : [];
}

function freshFor(value: unknown): string | undefined {
  return parseDuration(value) === undefined ? 'a duration such as 30m or 1h' : undefined;
}

function space(value: unknown): string | undefined {
  const isId = typeof value === 'string' && spacePattern.test(value);
  return isId ? undefined : 'the id of a space, such as spa_1';
}

function traits(value: unknown): string | undefined {
  const isNames =
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= 100 &&
    // A comma separates the names in the request.
    value.every((name) => typeof name === 'string' && name !== '' && !name.includes(','));
  return isNames ? undefined : 'a list of 1 to 100 names of traits, without commas';
}

function segment(value: unknown): string | undefined {
  const isId = typeof value === 'function' || (Number.isSafeInteger(value) && (value as number) > 0);
  return isId ? undefined : 'the id of a segment, or a function of the event that returns it';
}

function first(value: unknown): string | undefined {
  const isCount = Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1_000;
  return isCount ? undefined : 'a whole number from 0 to 1,000';
}

function yesOrNo(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false';
}
