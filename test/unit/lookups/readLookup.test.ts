import { describe, expect, it } from 'vitest';
import { channelsOf } from '../../../functions/lookups/channels.ts';
import { LookupUnusableError } from '../../../functions/lookups/lookupCalls.ts';
import { maveraWorkspace } from '../../../functions/lookups/maveraWorkspace.ts';
import { readLookup, readSources } from '../../../functions/lookups/readLookup.ts';
import { segmentProfile } from '../../../functions/lookups/segmentProfile.ts';
import { segopsMembers } from '../../../functions/lookups/segopsMembers.ts';
import { segopsMembership } from '../../../functions/lookups/segopsMembership.ts';
import { isSchemaError } from '../../../functions/schema/schemaError.ts';

const { sources } = readSources({
  data: {
    sources: [
      { id: 's1', slug: 'shop', name: 'Web shop', metadata: { slug: 'javascript' } },
      { id: 's2', slug: 'app', metadata: { slug: 'ios' } },
      { id: 's3', slug: 'crm', metadata: null },
    ],
  },
});
const ids = {
  data: [
    { type: 'email', id: 'a@example.com', source_id: 's2', collection: 'users' },
    { type: 'user_id', id: 'u1', source_id: 's9' },
  ],
};
const events = {
  data: [{ event: 'Bought', properties: null, timestamp: '2026-11-28T10:00:00Z', source_id: 's1' }],
};

describe('the value of a profile lookup', () => {
  it('has what the lookup asks for, with the names of the Segment sources', () => {
    const lookup = segmentProfile({ traits: ['ltv'], externalIds: true, events: true });
    const answers = {
      readProfileTraits: { traits: { ltv: 5, email: 'a@example.com' } },
      readProfileIds: ids,
      readProfileEvents: events,
    };
    expect(readLookup(lookup, answers, sources)).toEqual({
      traits: { ltv: 5 },
      externalIds: [
        { type: 'email', id: 'a@example.com', source: 'app' },
        { type: 'user_id', id: 'u1', source: undefined },
      ],
      events: [{ event: 'Bought', properties: {}, timestamp: '2026-11-28T10:00:00Z', source: 'Web shop' }],
      channels: ['web', 'ios', 'email'],
    });
  });

  it('has no channels where only traits are asked for', () => {
    const answers = { readProfileTraits: { traits: {} } };
    expect(readLookup(segmentProfile({ traits: ['ltv'] }), answers, sources)).toEqual({ traits: {} });
  });

  it('is undefined for a profile that Segment does not know, and for an event without an id', () => {
    const lookup = segmentProfile({ traits: ['ltv'], events: true });
    const answers = { readProfileTraits: undefined, readProfileEvents: undefined };
    expect(readLookup(lookup, answers, sources)).toBeUndefined();
    expect(readLookup(lookup, {}, sources)).toBeUndefined();
  });

  it('is no value when the answer has another shape', () => {
    const answers = { readProfileTraits: { data: [] } };
    expect(() => readLookup(segmentProfile({ traits: ['ltv'] }), answers, sources)).toThrow();
  });
});

describe('the value of a SegOps lookup', () => {
  it('has the segments of a user', () => {
    const answers = { readSegopsMembership: { user_id: 'u', segment_ids: [42], cached: false } };
    expect(readLookup(segopsMembership(), answers, sources)).toEqual({ segmentIds: [42] });
    expect(readLookup(segopsMembership(), { readSegopsMembership: undefined }, sources)).toBeUndefined();
  });

  it('has the count of a segment, and its first members in both shapes that SegOps may send', () => {
    const readSegopsSegment = { id: 42, member_count: 1_842 };
    const listSegopsMembers = { results: ['u1', { user_id: 'u2' }], next_cursor: null };
    const lookup = segopsMembers({ segment: 42, first: 2 });
    expect(readLookup(lookup, { readSegopsSegment, listSegopsMembers }, sources)).toEqual({
      count: 1_842,
      userIds: ['u1', 'u2'],
    });
    expect(readLookup(segopsMembers({ segment: 42 }), { readSegopsSegment }, sources)).toEqual({
      count: 1_842,
      userIds: [],
    });
    expect(readLookup(lookup, { readSegopsSegment: undefined }, sources)).toBeUndefined();
  });
});

describe('an answer with a million wrong elements', () => {
  const wrong = Array.from({ length: 1_000_000 }, () => false);

  it.each([
    ['memberships', segopsMembership(), { readSegopsMembership: { segment_ids: wrong } }],
    [
      'members',
      segopsMembers({ segment: 42, first: 1 }),
      { readSegopsSegment: { member_count: 1 }, listSegopsMembers: { results: wrong } },
    ],
    ['ids', segmentProfile({ externalIds: true }), { readProfileIds: { data: wrong } }],
    ['events', segmentProfile({ events: true }), { readProfileEvents: { data: wrong } }],
    ['workspaces', maveraWorkspace(), { listWorkspaces: { data: wrong } }],
  ])('is not as documented, and does not exhaust the stack: %s', (_what, lookup, answers) => {
    const read = (): unknown => readLookup(lookup, answers, sources);
    expect(read).toThrow(expect.toSatisfy(isSchemaError));
  });

  it('is not as documented as a list of Segment sources either', () => {
    expect(() => readSources({ data: { sources: wrong } })).toThrow(expect.toSatisfy(isSchemaError));
  });
});

describe('the value of a workspace lookup', () => {
  it('is the only workspace', () => {
    const answers = { listWorkspaces: { data: [{ id: 'ws_1', name: 'Main' }] } };
    expect(readLookup(maveraWorkspace(), answers, sources)).toEqual({ id: 'ws_1', name: 'Main' });
  });

  it.each([
    ['no workspace', []],
    ['more than one workspace', [{ id: 'ws_1' }, { id: 'ws_2' }]],
  ])('is refused for an account with %s', (count, data) => {
    const read = (): unknown => readLookup(maveraWorkspace(), { listWorkspaces: { data } }, sources);
    expect(read).toThrow(LookupUnusableError);
    expect(read).toThrow(count);
  });
});

describe('the channels of a profile', () => {
  it.each([
    [[], [], []],
    [['user_id'], [], ['other']],
    [['user_id', 'android.push_token', 'ga_client_id'], [], ['web', 'android']],
    [[], [{ name: 'API', kind: 'node-js' }], ['server']],
    [['email'], [{ name: 'Odd', kind: 'warehouse-thing' }], ['email']],
    [['constructor'], [{ name: 'None' }], ['other']],
  ])('with ids %j and sources %j are %j', (types, from, channels) => {
    expect(channelsOf(types, from)).toEqual(channels);
  });
});
