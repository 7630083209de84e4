import { describe, expect, it } from 'vitest';
import { problemsOfLookups } from '../../../functions/lookups/checkLookups.ts';
import { maveraWorkspace } from '../../../functions/lookups/maveraWorkspace.ts';
import { segmentProfile } from '../../../functions/lookups/segmentProfile.ts';
import { segopsMembers } from '../../../functions/lookups/segopsMembers.ts';
import { segopsMembership } from '../../../functions/lookups/segopsMembership.ts';

const problemsOf = (lookup: unknown): readonly string[] => problemsOfLookups({ it: lookup }, undefined);

describe('the lookups of a trigger', () => {
  it('are accepted as the functions make them', () => {
    const lookups = {
      profile: segmentProfile({ space: 'spa_1', traits: ['ltv'], externalIds: true, events: true }),
      membership: segopsMembership({ freshFor: '5m' }),
      members: segopsMembers({ segment: 42, first: 1_000 }),
      count: segopsMembers({ segment: () => undefined }),
      workspace: maveraWorkspace(),
    };
    expect(problemsOfLookups(lookups, () => true)).toEqual([]);
    expect(problemsOfLookups(undefined, undefined)).toEqual([]);
  });

  it.each([
    ['the name is taken', { event: maveraWorkspace() }, undefined, 'with.event: the name is taken'],
    ['the name is no name', { 'a-b': maveraWorkspace() }, undefined, 'with.a-b: the name has to be'],
    [
      'the name is that of a prototype',
      JSON.parse('{"__proto__":1}'),
      undefined,
      'with.__proto__: expected a lookup',
    ],
    ['with is a list', [maveraWorkspace()], undefined, 'with: expected an object of lookups by name'],
    ['with is null', null, undefined, 'with: expected an object of lookups by name, got null'],
    ['only is a value', undefined, true, 'only: expected a function that returns true or false, got true'],
  ])('are refused when %s', (_, lookups, only, problem) => {
    const problems = problemsOfLookups(lookups, only);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it.each([
    [
      'is of no known kind',
      { kind: 'weather' },
      'expected a lookup made by segmentProfile, segopsMembership',
    ],
    ['is not an object', 'profile', 'expected a lookup made by'],
    ['has an unknown option', { kind: 'segopsMembership', user: 'u' }, 'user: there is no such field'],
    ['is fresh for no duration', { kind: 'maveraWorkspace', freshFor: 60 }, 'freshFor: expected a duration'],
    [
      'has a space that leads elsewhere',
      segmentProfile({ space: '../x', traits: ['a'] }),
      'space: expected the id',
    ],
    [
      'has a trait with a comma',
      segmentProfile({ traits: ['a,b'] }),
      'traits: expected a list of 1 to 100 names',
    ],
    ['has no traits', segmentProfile({ traits: [] }), 'traits: expected a list of 1 to 100 names'],
    ['asks for nothing', segmentProfile({ externalIds: false }), 'it asks for nothing; set traits'],
    ['has no segment', { kind: 'segopsMembers' }, 'segment: missing'],
    ['has a segment that is a name', { kind: 'segopsMembers', segment: 'vip' }, 'segment: expected the id'],
    ['reads too many members', segopsMembers({ segment: 1, first: 1_001 }), 'first: expected a whole number'],
  ])('are refused when one %s', (_, lookup, problem) => {
    const problems = problemsOf(lookup);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`with.it: ${problem}`);
  });
});
