import * as fc from 'fast-check';
import * as z from 'zod';
import { anyJson, anyText } from './json.ts';

/** Values that are not JSON, but that a function of a triggers file may return or throw. */
const makers = {
  undefined: () => undefined,
  NaN: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  'minus zero': () => -0,
  bigint: () => 12n,
  'bigint within': () => ({ amount: 12n }),
  symbol: () => Symbol('odd'),
  function: () => () => ({ message: 'a question', name: 'a name', input: 'a text', workspace_id: 'ws_1' }),
  'asynchronous function': () => async () => ({ message: 'a question' }),
  'throwing function': () => () => {
    throw new RangeError('odd');
  },
  'function without a text': () => Object.assign(() => 1, { toString: 1 }),
  date: () => new Date(0),
  'invalid date': () => new Date(Number.NaN),
  map: () => new Map([['message', 'a question']]),
  set: () => new Set([1]),
  promise: () => Promise.resolve({ message: 'a question' }),
  'rejected promise': () => silenced(Promise.reject(new Error('odd'))),
  thenable: () =>
    Object.fromEntries([
      ['message', 'a question'],
      ['then', () => undefined],
    ]),
  circular: () => {
    const value: Record<string, unknown> = { message: 'a question', name: 'a name' };
    value.self = value;
    return value;
  },
  'without a prototype': () => Object.create(null) as unknown,
  'throwing toJSON': () => ({
    message: 'a question',
    toJSON() {
      throw new Error('odd');
    },
  }),
  'no text': () => ({ toString: 1, valueOf: 1 }),
  error: () => new Error('odd'),
  'error with an odd message': () => Object.assign(new Error('odd'), { message: Symbol('odd') }),
  regexp: () => /odd/u,
  bytes: () => Buffer.from('odd'),
} as const;

type OddKind = keyof typeof makers;

const oddKinds = Object.keys(makers) as [OddKind, ...OddKind[]];

/** The description of a value, as JSON. */
export type OddValue =
  | { readonly json: unknown }
  | { readonly odd: OddKind }
  | { readonly nested: number }
  | { readonly list: readonly OddValue[] }
  | { readonly members: readonly (readonly [string, OddValue])[] };

export const oddValueSchema: z.ZodType<OddValue> = z.lazy(() =>
  z.union([
    z.strictObject({ json: z.unknown() }),
    z.strictObject({ odd: z.enum(oddKinds) }),
    z.strictObject({ nested: z.int().nonnegative() }),
    z.strictObject({ list: z.array(oddValueSchema) }),
    z.strictObject({ members: z.array(z.tuple([z.string(), oddValueSchema])) }),
  ]),
);

/** Makes a new value each time. */
export function makeOdd(recipe: OddValue): unknown {
  if ('json' in recipe) {
    return recipe.json;
  }
  if ('odd' in recipe) {
    return makers[recipe.odd]();
  }
  if ('nested' in recipe) {
    return nested(recipe.nested);
  }
  return 'list' in recipe
    ? recipe.list.map(makeOdd)
    : Object.fromEntries(recipe.members.map(([name, value]) => [name, makeOdd(value)]));
}

/** An object of this depth. JSON can be parsed at any depth, but not always written. */
export function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level += 1) {
    value = { a: value };
  }
  return value;
}

/** Few levels, many, and more than the stack can take. */
export const anyDepth: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 12 }) },
  fc.constantFrom(1_000, 5_000, 20_000),
);

const leaf: fc.Arbitrary<OddValue> = fc.oneof(
  { weight: 4, arbitrary: anyJson.map((json) => ({ json })) },
  { weight: 4, arbitrary: fc.constantFrom(...oddKinds).map((odd) => ({ odd })) },
  anyDepth.map((levels) => ({ nested: levels })),
);

/** Any value; some have members that the code reads. */
export function anyOddValue(...names: readonly string[]): fc.Arbitrary<OddValue> {
  const name = names.length === 0 ? anyText : fc.oneof(fc.constantFrom(...names), anyText);
  return fc.letrec<{ value: OddValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }).map((list) => ({ list })),
      fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((members) => ({ members })),
    ),
  })).value;
}

function silenced<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
