import * as fc from 'fast-check';
import * as z from 'zod';
import { decide } from '../../../../../functions/access/decide.ts';
import { declaredAccess } from '../../../../../functions/access/grants.ts';
import { operations } from '../../../../../functions/access/operations.ts';
import type { AnyLookup } from '../../../../../functions/lookups/anyLookup.ts';
import { problemsOfLookups } from '../../../../../functions/lookups/checkLookups.ts';
import { lookupKinds } from '../../../../../functions/lookups/lookup.ts';
import {
  type LookupCall,
  LookupUnusableError,
  lookupCalls,
} from '../../../../../functions/lookups/lookupCalls.ts';
import {
  type LookupAnswers,
  readLookup,
  readSources,
  type SegmentSources,
} from '../../../../../functions/lookups/readLookup.ts';
import { describeSchemaError, isSchemaError } from '../../../../../functions/schema/schemaError.ts';
import type { SegmentEvent } from '../../../../../functions/sources/segment/event.ts';
import { askMave } from '../../../../../functions/triggers/actions.ts';
import { anyJson, anyText } from '../../arbitraries/json.ts';
import { anyOddValue, makeOdd, type OddValue, oddValueSchema } from '../../arbitraries/oddValue.ts';
import { mustNotTell, personalCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold } from '../../fuzzTarget.ts';

const schema = z.strictObject({
  /** The lookup as the triggers file has it. */
  lookup: oddValueSchema,
  /** What `segment` gives or throws, where it is a function. @default it is not one */
  segment: z.strictObject({ value: oddValueSchema, throws: z.boolean() }).optional(),
  userId: z.string().optional(),
  anonymousId: z.string().optional(),
  profileSpace: z.string().optional(),
  /** The JSON of each answer, in turn; `null` stands for 404. */
  answers: z.array(z.unknown()).min(1),
  sources: z.unknown(),
});

type LookupInput = z.infer<typeof schema>;

const odd = anyOddValue('kind', 'traits');
const json = (value: unknown): OddValue => ({ json: value });
const maybe = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: usual }, anyJson);
const option = (name: string, usual: fc.Arbitrary<OddValue>): fc.Arbitrary<readonly [string, OddValue][]> =>
  fc.oneof(
    fc.constant<[string, OddValue][]>([]),
    fc.oneof({ weight: 12, arbitrary: usual }, odd).map((value): [string, OddValue][] => [[name, value]]),
  );
const yesOrNo = fc.boolean().map(json);

const lookup: fc.Arbitrary<OddValue> = fc
  .tuple(
    fc.constantFrom(...lookupKinds),
    option('space', fc.constant(json('spa_1'))),
    option('traits', fc.constantFrom(json(['ltv']), json(['ltv', '__proto__', 'toString']))),
    option('externalIds', yesOrNo),
    option('events', yesOrNo),
    option('segment', fc.constantFrom(json(42), json(1e15))),
    option('first', fc.constantFrom(json(0), json(50), json(1_000))),
    option('freshFor', fc.constantFrom(json('90s'), json('7d'))),
  )
  .map(([kind, space, traits, ids, events, segment, first, freshFor]) => {
    const own = {
      segmentProfile: [...space, ...traits, ...ids, ...events],
      segopsMembership: [],
      segopsMembers: [...segment, ...first],
      maveraWorkspace: [],
    }[kind];
    return { members: [['kind', json(kind)], ...own, ...freshFor] satisfies [string, OddValue][] };
  });

const text = fc.constantFrom<unknown>('s_1', 's_2', personalCanary, '', null);
const sourceId = fc.constantFrom<unknown>('s_1', 's_2', 'unknown', '__proto__', null);
/** What the systems document, in one body for all operations, with other values now and then. */
const documented = fc.record({
  traits: maybe(fc.dictionary(fc.constantFrom('ltv', 'plan', '__proto__', 'toString'), anyJson)),
  data: maybe(
    fc.array(
      fc.record({
        type: maybe(fc.constantFrom('user_id', 'email', 'ios.idfa', 'constructor')),
        id: maybe(fc.constant(personalCanary)),
        event: maybe(fc.constantFrom('Order Completed', '')),
        properties: maybe(fc.constantFrom({ a: 1 }, null)),
        timestamp: maybe(text),
        source_id: maybe(sourceId),
        name: maybe(text),
      }),
      { maxLength: 3 },
    ),
  ),
  segment_ids: maybe(fc.array(fc.integer())),
  member_count: maybe(fc.integer()),
  results: maybe(
    fc.array(maybe(fc.constantFrom<unknown>(personalCanary, { user_id: personalCanary }, { user_id: 5 }))),
  ),
  next_cursor: anyJson,
});
const answer = fc.oneof({ weight: 12, arbitrary: documented }, anyJson, fc.constant(null));
const sources = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      data: fc.record({
        sources: fc.array(
          fc.record({
            id: maybe(sourceId),
            slug: maybe(fc.constantFrom('web', '')),
            name: maybe(text),
            metadata: maybe(fc.constantFrom<unknown>({ slug: 'javascript' }, { slug: 'İos' }, {}, null)),
          }),
          { maxLength: 3 },
        ),
      }),
    }),
  },
  anyJson,
);
const id = fc.oneof(
  fc.constantFrom('u-1', 'U-1', personalCanary, '..', 'a/b', 'İ', '\ud800', 'x'.repeat(2_000)),
  anyText,
);

/** What triggers may look up, and what the systems may answer. */
export const lookups: FuzzTarget<LookupInput> = {
  name: 'lookups',
  share: 6,
  schema,
  inputs: fc.record(
    {
      lookup,
      segment: fc.record({
        value: fc.oneof(fc.constantFrom(json(42), json(0), json(-1), json('a/b'), json(null)), odd),
        throws: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
      }),
      userId: id,
      anonymousId: id,
      profileSpace: fc.constantFrom('spa_2', '..', ''),
      answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
      sources,
    },
    { requiredKeys: ['lookup', 'answers', 'sources'] },
  ),
  open: async () => ({ check, close: async () => undefined }),
};

function check(input: LookupInput): string {
  const made = madeLookup(input);
  const problems = problemsOfLookups({ looked: made }, undefined);
  if (problems.length > 0) {
    mustHold(
      problems.every((problem) => problem.length > 10),
      'a problem is not a sentence',
    );
    return 'refused';
  }
  const asked = made as AnyLookup;
  const calls = callsOf(asked, input);
  if (typeof calls === 'string') {
    return calls;
  }
  judgeCalls(asked, calls);
  const known = orSchemaError(() => readSources(input.sources).sources);
  const value = orSchemaError(() => readLookup(asked, answersTo(calls, input.answers), sourcesIn(known)));
  if (value.kind !== 'read') {
    return value.kind;
  }
  judgeValue(asked, value.value);
  return value.value === undefined ? 'not found' : 'read';
}

function madeLookup({ lookup: recipe, segment }: LookupInput): unknown {
  const made = makeOdd(recipe);
  const isOfMembers =
    typeof made === 'object' && made !== null && 'kind' in made && made.kind === 'segopsMembers';
  if (!isOfMembers || segment === undefined) {
    return made;
  }
  const give = (): unknown => {
    if (segment.throws) {
      throw makeOdd(segment.value);
    }
    return makeOdd(segment.value);
  };
  return { ...made, segment: give };
}

/** A word for the table where there are no calls. */
function callsOf(
  asked: AnyLookup,
  { userId, anonymousId, profileSpace, segment }: LookupInput,
): readonly LookupCall[] | string {
  const event: SegmentEvent = {
    type: 'track',
    userId,
    anonymousId,
    properties: {},
    traits: {},
    context: {},
    integrations: {},
  };
  try {
    return lookupCalls(asked, event, { profileSpace });
  } catch (error) {
    if (error instanceof LookupUnusableError) {
      mustNotTell('why it cannot be asked', error.message);
      return 'cannot be asked';
    }
    if (segment !== undefined && asked.kind === 'segopsMembers') {
      return 'the function failed';
    }
    throw error;
  }
}

/** What a lookup calls is what its trigger declares. */
function judgeCalls(asked: AnyLookup, calls: readonly LookupCall[]): void {
  const run = askMave(() => ({ message: 'a' }));
  const granted = declaredAccess({ name: 'a', when: '', run, with: { looked: asked } });
  for (const { operation, request } of calls) {
    const decision = decide('trigger/a', operation, request, { 'trigger/a': granted });
    mustHold(operations[operation].level === 'read', `a lookup calls ${operation}, which changes something`);
    mustHold(
      decision.kind === 'allowed' || decision.reason === 'request_invalid',
      `a lookup calls ${operation}, which its trigger has not declared`,
    );
  }
}

function answersTo(calls: readonly LookupCall[], answers: readonly unknown[]): LookupAnswers {
  return Object.fromEntries(
    calls.map(({ operation }, at) => [operation, answers[at % answers.length] ?? undefined]),
  );
}

type Read<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'of another shape' | 'no single value' };

function orSchemaError<Value>(read: () => Value): Read<Value> {
  try {
    return { kind: 'read', value: read() };
  } catch (error) {
    if (isSchemaError(error)) {
      mustNotTell('what is wrong with an answer', describeSchemaError(error));
      return { kind: 'of another shape' };
    }
    if (error instanceof LookupUnusableError) {
      mustNotTell('why there is no value', error.message);
      return { kind: 'no single value' };
    }
    throw error;
  }
}

function sourcesIn(read: Read<SegmentSources>): SegmentSources {
  return read.kind === 'read' ? read.value : new Map();
}

const value = z.union([
  z.undefined(),
  z.strictObject({
    traits: z.record(z.string(), z.unknown()),
    externalIds: z
      .array(z.strictObject({ type: z.string(), id: z.string(), source: z.string().optional() }))
      .optional(),
    events: z
      .array(
        z.strictObject({
          event: z.string(),
          properties: z.record(z.string(), z.unknown()),
          timestamp: z.string().optional(),
          source: z.string().optional(),
        }),
      )
      .optional(),
    channels: z.array(z.enum(['web', 'ios', 'android', 'email', 'server', 'other'])).optional(),
  }),
  z.strictObject({ segmentIds: z.array(z.number()) }),
  z.strictObject({ count: z.number(), userIds: z.array(z.string()) }),
  z.strictObject({ id: z.string(), name: z.string().optional() }),
]);

/** The value has the type that builders are promised, and no trait that was not asked for. */
function judgeValue(asked: AnyLookup, found: unknown): void {
  const result = value.safeParse(found);
  mustHold(result.success, `a builder is given ${JSON.stringify(found)}`);
  if (asked.kind === 'segmentProfile' && result.data !== undefined && 'traits' in result.data) {
    const { traits, externalIds, events, channels } = result.data;
    const names = Object.keys(traits);
    mustHold(
      names.every((name) => asked.traits?.includes(name)),
      `it has the traits ${names.join()}`,
    );
    mustHold((externalIds !== undefined) === (asked.externalIds === true), 'ids are there, or not, unasked');
    mustHold((events !== undefined) === (asked.events === true), 'events are there, or not, unasked');
    mustHold((channels !== undefined) === (asked.externalIds === true || asked.events === true), 'channels');
  }
}
