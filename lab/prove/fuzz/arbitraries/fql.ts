import * as fc from 'fast-check';

/** The members of an event that filters read. */
export interface FilteredEvent {
  readonly type: string;
  readonly event?: unknown;
  readonly name?: unknown;
  readonly userId?: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly context: Readonly<Record<string, unknown>>;
}

/** A piece of FQL with its meaning. Segment's evaluator is compared with it. */
export interface Filter {
  readonly fql: string;
  readonly matches: (event: FilteredEvent) => boolean;
}

const types = ['track', 'identify', 'page', 'screen', 'group', 'alias', 'delete'] as const;
const words = ['', 'a', 'ab', 'b*', 'true', '10', "it's", '日本 🎉', '(or)'] as const;
const numbers = [-1, 0, 1, 10, 10.5] as const;
const paths = ['x', 'order_id', 'android-version', 'deep.er', 'null_able'] as const;
const roots = ['properties', 'traits', 'context'] as const;

const word = fc.constantFrom(...words.filter((text) => !text.includes('*')));
const number = fc.constantFrom(...numbers);

interface Field {
  readonly fql: string;
  readonly of: (event: FilteredEvent) => unknown;
}

const textField: fc.Arbitrary<Field> = fc
  .constantFrom('event' as const, 'name' as const, 'userId' as const)
  .map((name) => ({ fql: name, of: (event) => event[name] }));
const objectField: fc.Arbitrary<Field> = fc
  .tuple(fc.constantFrom(...roots), fc.constantFrom(...paths))
  .map(([root, path]) => ({ fql: `${root}.${path}`, of: (event) => at(event[root], path) }));
const anyField = fc.oneof(textField, objectField);

const ofType: fc.Arbitrary<Filter> = fc
  .tuple(fc.constantFrom('=', '!='), fc.constantFrom(...types))
  .map(([operator, type]) => ({
    fql: `type ${operator} "${type}"`,
    matches: (event) => (event.type === type) === (operator === '='),
  }));

const ofText: fc.Arbitrary<Filter> = fc
  .tuple(anyField, fc.constantFrom('=', '!='), word)
  .filter(([field, operator, text]) => !(field.fql === 'event' && operator === '=' && text === ''))
  .map(([field, operator, text]) => ({
    fql: `${field.fql} ${operator} "${text}"`,
    matches: (event) => (field.of(event) === text) === (operator === '='),
  }));

const ofNumber: fc.Arbitrary<Filter> = fc
  .tuple(objectField, fc.constantFrom('=', '!=', '<', '<=', '>', '>='), number)
  .map(([field, operator, expected]) => ({
    fql: `${field.fql} ${operator} ${expected}`,
    matches: (event) => {
      const actual = field.of(event);
      return typeof actual === 'number' && compare(actual, operator, expected);
    },
  }));

const ofTruth: fc.Arbitrary<Filter> = fc.tuple(objectField, fc.boolean()).map(([field, expected]) => ({
  fql: `${field.fql} = ${expected}`,
  matches: (event) => field.of(event) === expected,
}));

const ofPresence: fc.Arbitrary<Filter> = fc
  .tuple(
    anyField.filter(({ fql }) => fql !== 'event'),
    fc.constantFrom('=', '!='),
  )
  .map(([field, operator]) => ({
    fql: `${field.fql} ${operator} null`,
    matches: (event) => ((field.of(event) ?? null) === null) === (operator === '='),
  }));

const ofFunction: fc.Arbitrary<Filter> = fc
  .tuple(anyField, fc.constantFrom('contains', 'startsWith', 'endsWith'), word, fc.boolean())
  .map(([field, how, text, negated]) => ({
    fql: `${negated ? '!' : ''}${callOf(how, field.fql, text)}`,
    matches: (event) => {
      const actual = field.of(event);
      return typeof actual === 'string' && holds(actual, how, text) !== negated;
    },
  }));

const comparison = fc.oneof(ofType, ofText, ofNumber, ofTruth, ofPresence);
const condition = fc.oneof({ weight: 4, arbitrary: comparison }, ofFunction);
/** A function's closing parenthesis would end the group, so a function is always last in it. */
const group = fc
  .tuple(fc.array(comparison, { maxLength: 3 }), condition)
  .chain(([comparisons, last]) => joined([...comparisons, last]))
  .map(({ fql, matches }) => ({ fql: `(${fql})`, matches }));

/** Valid FQL of every form: conditions, functions, groups, and / or. */
export const anyFilter: fc.Arbitrary<Filter> = fc
  .array(fc.oneof({ weight: 3, arbitrary: condition }, group), { minLength: 1, maxLength: 4 })
  .chain(joined);

/**
 * FQL that has a meaning, but that Segment may read differently: functions anywhere, groups in groups, and `and` with `or`
 * on one level (`and` binds closer).
 */
export const anyWriting: fc.Arbitrary<Filter> = fc.letrec<{ writing: Filter; part: Filter }>((tie) => ({
  writing: fc
    .array(fc.tuple(fc.constantFrom('and', 'or'), tie('part')), { minLength: 1, maxLength: 3 })
    .map(mixed),
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    condition,
    tie('writing').map(({ fql, matches }) => ({ fql: `(${fql})`, matches })),
  ),
})).writing;

const value = fc.oneof(fc.constantFrom(...words), number, fc.boolean(), fc.constantFrom(null, undefined));
const members = fc
  .record({
    x: value,
    order_id: value,
    'android-version': value,
    null_able: value,
    deep: fc.record({ er: value }),
  })
  .map((fields): Record<string, unknown> => fields);
const text = fc.option(fc.constantFrom(...words), { nil: undefined });

/** Events whose members often match the filters. */
export const anyFilteredEvent: fc.Arbitrary<FilteredEvent> = fc.record({
  type: fc.constantFrom(...types),
  event: text,
  name: text,
  userId: text,
  properties: members,
  traits: members,
  context: members,
});

function joined(parts: readonly Filter[]): fc.Arbitrary<Filter> {
  return fc.constantFrom('and', 'or').map((word) => ({
    fql: parts.map(({ fql }) => fql).join(` ${word} `),
    matches: (event) =>
      word === 'and'
        ? parts.every(({ matches }) => matches(event))
        : parts.some(({ matches }) => matches(event)),
  }));
}

function mixed(parts: readonly (readonly [string, Filter])[]): Filter {
  const alternatives: Filter[][] = [];
  for (const [word, filter] of parts) {
    const last = alternatives.at(-1);
    if (last === undefined || word === 'or') {
      alternatives.push([filter]);
    } else {
      last.push(filter);
    }
  }
  return {
    fql: parts.map(([word, { fql }], index) => (index === 0 ? fql : `${word} ${fql}`)).join(' '),
    matches: (event) => alternatives.some((all) => all.every(({ matches }) => matches(event))),
  };
}

function at(object: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], object);
}

function callOf(how: string, field: string, text: string): string {
  const patterns: Record<string, string> = { startsWith: `${text}*`, endsWith: `*${text}` };
  return how === 'contains' ? `contains(${field}, "${text}")` : `match(${field}, "${patterns[how]}")`;
}

function holds(actual: string, how: string, text: string): boolean {
  switch (how) {
    case 'startsWith':
      return actual.startsWith(text);
    case 'endsWith':
      return actual.endsWith(text);
    default:
      return actual.includes(text);
  }
}

function compare(actual: number, operator: string, expected: number): boolean {
  switch (operator) {
    case '=':
      return actual === expected;
    case '!=':
      return actual !== expected;
    case '<':
      return actual < expected;
    case '<=':
      return actual <= expected;
    case '>':
      return actual > expected;
    default:
      return actual >= expected;
  }
}
