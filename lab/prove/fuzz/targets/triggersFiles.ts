import * as fc from 'fast-check';
import { declaredAccess } from '../../../../functions/access/grants.ts';
import { defineTriggers, InvalidTriggersError } from '../../../../functions/triggers/defineTriggers.ts';
import { neverMatchingTriggers } from '../../../../functions/triggers/neverMatches.ts';
import { sourcesOf } from '../../../../functions/triggers/sourcesOf.ts';
import type { StartedTrigger, Trigger } from '../../../../functions/triggers/trigger.ts';
import { anyFilter } from '../arbitraries/fql.ts';
import { anyText } from '../arbitraries/json.ts';
import { anyOddValue, makeOdd, type OddValue, oddValueSchema } from '../arbitraries/oddValue.ts';
import { type FuzzTarget, mustHold } from '../fuzzTarget.ts';

const json = (value: unknown): OddValue => ({ json: value });
const fn: OddValue = { odd: 'function' };
const odd = anyOddValue('per', 'for', 'credits', 'kind', 'build', 'name', 'toString', '__proto__', 'length');
const length = fc.constantFrom('90s', '24h', '7d', '1.5m', '0s', '99999999999999d').map(json);

/** The usual value of a member; sometimes anything, or nothing. */
function member(name: string, usual: fc.Arbitrary<OddValue>): fc.Arbitrary<readonly [string, OddValue][]> {
  const value = fc.oneof({ weight: 6, arbitrary: usual }, odd);
  return fc.oneof(
    { weight: 5, arbitrary: value.map((one): [string, OddValue][] => [[name, one]]) },
    fc.constant<[string, OddValue][]>([]),
  );
}

function object(...members: readonly fc.Arbitrary<readonly [string, OddValue][]>[]): fc.Arbitrary<OddValue> {
  const more = fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, fc.tuple(fc.tuple(anyText, odd)));
  return fc.tuple(...members, more).map((all) => ({ members: all.flat() }));
}

const per = fc.constantFrom(json('user'), json('group'), fn);
const action = object(
  member(
    'kind',
    fc.constantFrom('askMave', 'createPersona', 'updatePersona', 'respondAs', 'runFocusGroup').map(json),
  ),
  member('build', fc.constant(fn)),
  member('personaId', fc.constantFrom(json('p-1'), fn)),
  member('thread', fc.constantFrom('per-user', 'per-group').map(json)),
  member('pollEvery', length),
);
const lookup = object(
  member(
    'kind',
    fc.constantFrom('segmentProfile', 'segopsMembership', 'segopsMembers', 'maveraWorkspace').map(json),
  ),
  member('space', fc.constant(json('spa_1'))),
  member('traits', fc.constantFrom(json(['ltv']), json([]))),
  member('segment', fc.constantFrom(json(42), fn)),
  member('first', fc.constant(json(50))),
  member('freshFor', length),
);
const report = object(member('track', fc.constant(json(true))), member('identify', fc.constant(fn)));
const trigger = object(
  member('name', fc.constantFrom('a', 'b-1', 'plan-upgraded').map(json)),
  member(
    'when',
    anyFilter.map(({ fql }) => json(fql)),
  ),
  member('run', action),
  member('source', fc.constantFrom('segment', 'sendgrid', 'segops', 'constructor').map(json)),
  member('route', fc.constantFrom(json('a'), json(['a', 'b']))),
  member('staleAfter', length),
  member('sample', fc.constantFrom(1, 0.25, 0, 2).map(json)),
  member('weight', fc.constantFrom(1, 0.25, 0, 101).map(json)),
  member('cooldown', object(member('per', per), member('for', length))),
  member(
    'collect',
    object(member('per', per), member('within', length), member('count', fc.constant(json(5)))),
  ),
  member('budget', object(member('credits', fc.constant(json(5))), member('per', fc.constant(json('day'))))),
  member('approve', object(member('above', fc.constantFrom(0, 100, -1).map(json)))),
  member(
    'cancelledBy',
    object(
      member(
        'when',
        anyFilter.map(({ fql }) => json(fql)),
      ),
      member('per', per),
    ),
  ),
  member('toSegment', report),
  member('toSegOps', report),
);
/** It follows a trigger, perhaps itself, and looks something up. */
const follower = object(
  member('name', fc.constantFrom('a', 'b-1').map(json)),
  member(
    'after',
    fc.constantFrom(json({ name: 'a' }), json({ name: 'b-1' }), json({ name: '__proto__' }), json('a')),
  ),
  member(
    'with',
    fc
      .tuple(fc.constantFrom('profile', 'event', '__proto__', 'then', '1'), lookup)
      .map((entry) => ({ members: [entry] })),
  ),
  member('only', fc.constant(fn)),
  member('run', action),
);
const minimal = anyFilter.map(
  ({ fql }): OddValue => ({
    members: [
      ['name', json('a')],
      ['when', json(fql)],
      [
        'run',
        {
          members: [
            ['kind', json('askMave')],
            ['build', fn],
          ],
        },
      ],
    ],
  }),
);

/** What `defineTriggers` may get from a file whose types were not checked. */
export const triggersFiles: FuzzTarget<OddValue> = {
  name: 'triggers-files',
  share: 6,
  schema: oddValueSchema,
  inputs: fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .array(fc.oneof(trigger, follower, minimal, odd), { minLength: 1, maxLength: 3 })
        .map((list) => ({ list })),
    },
    odd,
  ),
  open: async () => ({ check, close: async () => undefined }),
};

function check(input: OddValue): string {
  let triggers: readonly Trigger[];
  try {
    triggers = defineTriggers(makeOdd(input) as readonly StartedTrigger[]);
  } catch (error) {
    if (!(error instanceof InvalidTriggersError)) {
      throw error;
    }
    mustHold(error.problems.length > 0, 'the refusal names no problem');
    mustHold(
      error.problems.every((problem) => problem.length > 10),
      'a problem is not a sentence',
    );
    return 'refused';
  }
  neverMatchingTriggers(triggers);
  sourcesOf(triggers);
  triggers.forEach(declaredAccess);
  return triggers.length === 0 ? 'empty' : 'taken';
}
