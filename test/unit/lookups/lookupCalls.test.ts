import { describe, expect, it } from 'vitest';
import { decide } from '../../../functions/access/decide.ts';
import { declaredAccess } from '../../../functions/access/grants.ts';
import type { AnyLookup } from '../../../functions/lookups/anyLookup.ts';
import { isFresh } from '../../../functions/lookups/freshness.ts';
import { type LookupCall, LookupUnusableError, lookupCalls } from '../../../functions/lookups/lookupCalls.ts';
import { maveraWorkspace } from '../../../functions/lookups/maveraWorkspace.ts';
import { segmentProfile } from '../../../functions/lookups/segmentProfile.ts';
import { segopsMembers } from '../../../functions/lookups/segopsMembers.ts';
import { segopsMembership } from '../../../functions/lookups/segopsMembership.ts';
import type { SegmentEvent } from '../../../functions/sources/segment/event.ts';
import { askMave } from '../../../functions/triggers/actions.ts';

const none = { properties: {}, traits: {}, context: {}, integrations: {} };
const event: SegmentEvent = { ...none, type: 'track', userId: 'Ann/1', anonymousId: 'anon' };
const settings = { profileSpace: 'spa_1' };

/** The paths of the calls, as the access decision writes them for a trigger that declares the lookup. */
function pathsOf(lookup: AnyLookup, of: SegmentEvent = event): readonly string[] {
  const run = askMave(() => ({ message: 'Why?' }));
  const grants = {
    'trigger/a': declaredAccess({ name: 'a', when: 'type = "track"', with: { it: lookup }, run }),
  };
  return lookupCalls(lookup, of, settings).map(({ operation, request }: LookupCall) => {
    const decision = decide('trigger/a', operation, request, grants);
    return decision.kind === 'allowed' ? decision.path : decision.detail;
  });
}

describe('the calls of a lookup', () => {
  const profile = '/v1/spaces/spa_1/collections/users/profiles/user_id%3Aann%2F1';

  it('read what a profile lookup asks for, by the user id in lower case', () => {
    const lookup = segmentProfile({ traits: ['ltv', 'plan'], externalIds: true, events: true });
    expect(pathsOf(lookup)).toEqual([
      `${profile}/traits?include=ltv%2Cplan&limit=100`,
      `${profile}/external_ids?limit=100`,
      `${profile}/events?limit=100`,
    ]);
    expect(pathsOf(segmentProfile({ events: true }))).toEqual([`${profile}/events?limit=100`]);
  });

  it('read a profile by the anonymous id where there is no user id, in the space that the lookup names', () => {
    const lookup = segmentProfile({ space: 'spa_2', externalIds: true });
    expect(pathsOf(lookup, { ...none, type: 'track', anonymousId: 'A1' })).toEqual([
      '/v1/spaces/spa_2/collections/users/profiles/anonymous_id%3Aa1/external_ids?limit=100',
    ]);
  });

  it('are none for an event without the id that they need', () => {
    const nobody: SegmentEvent = { ...none, type: 'track' };
    expect(pathsOf(segmentProfile({ traits: ['ltv'] }), nobody)).toEqual([]);
    expect(pathsOf(segopsMembership(), nobody)).toEqual([]);
    expect(pathsOf(segopsMembers({ segment: () => undefined }), nobody)).toEqual([]);
  });

  it('cannot be made without a space', () => {
    expect(() => lookupCalls(segmentProfile({ traits: ['a'] }), event, {})).toThrow(LookupUnusableError);
  });

  it.each([
    ['null', null],
    ['NaN', Number.NaN],
    ['1.5', 1.5],
    ['-42', -42],
    ['a value of type string', 'vip@example.com'],
    ['a value of type object', Promise.resolve(42)],
  ])('cannot be made for a segment that is %s', (found, id) => {
    const lookup = segopsMembers({ segment: () => id as number });
    expect(() => lookupCalls(lookup, event, settings)).toThrow(
      `segopsMembers: the function \`segment\` has to return the id of a segment, such as 42, or undefined; it returned ${found}`,
    );
  });

  it('take the id of a segment as SegOps posts it, also as a string', () => {
    expect(pathsOf(segopsMembers({ segment: () => '42' as unknown as number }))).toEqual(['/segments/42/']);
  });

  it('read memberships, members and workspaces', () => {
    expect(pathsOf(segopsMembership())).toEqual(['/segments/membership/?user_id=Ann%2F1']);
    expect(pathsOf(segopsMembers({ segment: 42 }))).toEqual(['/segments/42/']);
    expect(pathsOf(segopsMembers({ segment: () => 7, first: 50 }))).toEqual([
      '/segments/7/',
      '/segments/7/members/?limit=50',
    ]);
    expect(pathsOf(maveraWorkspace())).toEqual(['/workspaces?limit=2']);
  });
});

describe('a value that was looked up', () => {
  it.each([
    [maveraWorkspace(), 3_600_000, true],
    [maveraWorkspace(), 3_600_001, false],
    [maveraWorkspace({ freshFor: '5m' }), 300_000, true],
    [maveraWorkspace({ freshFor: '5m' }), 300_001, false],
    [maveraWorkspace(), -1, false],
  ])('of %j is fresh at the age of %i ms: %j', (lookup, ageMs, fresh) => {
    expect(isFresh(lookup, { value: 1, atMs: 1_000_000 }, 1_000_000 + ageMs)).toBe(fresh);
  });

  it.each([
    ['1h', 60_000, true],
    ['1h', 60_001, false],
    ['30s', 30_001, false],
  ] as const)(
    'that the system does not know is asked for again soon (%s, %i ms: %j)',
    (freshFor, ageMs, fresh) => {
      const lookup = segmentProfile({ traits: ['ltv'], freshFor });
      expect(isFresh(lookup, { value: undefined, atMs: 1_000_000 }, 1_000_000 + ageMs)).toBe(fresh);
    },
  );
});
