import { describe, expect, it } from 'vitest';
import {
  askMave,
  defineTriggers,
  maveraWorkspace,
  runFocusGroup,
  type SegmentEvent,
  segmentProfile,
  segopsMembers,
  segopsMembership,
  trigger,
} from '../../functions/index.ts';
import { trial } from '../../testing/index.ts';

const when = 'type = "track" and event = "churn_signal"';
const churn = { type: 'track', event: 'churn_signal', userId: 'u-1' } as const;

const vipLeft = trigger(
  {
    name: 'vip-left',
    when,
    with: { profile: segmentProfile({ space: 'spa_1', traits: ['ltv'] }) },
    only: ({ profile }) => Number(profile?.traits.ltv) > 1_000,
  },
  askMave(({ profile }) => ({ message: `Worth ${profile?.traits.ltv}: why do they leave?` })),
);
const triggers = defineTriggers([vipLeft]);

describe('lookups in a trial', () => {
  it('a lookup gives the value of the test, over the calls that Segment would get', async () => {
    await using run = await trial(triggers, {
      lookups: { 'vip-left': { profile: { traits: { ltv: 1_200 } } } },
    });
    await run.send(churn);
    const only = run.one('vip-left');
    expect(only.requests.map(({ body }) => body.message)).toEqual(['Worth 1200: why do they leave?']);
    expect(only.lookups).toEqual([
      {
        name: 'profile',
        system: 'segmentProfiles',
        method: 'GET',
        path: '/v1/spaces/spa_1/collections/users/profiles/user_id%3Au-1/traits?include=ltv&limit=100',
      },
    ]);
  });

  it('a run is skipped when `only` does not want the looked-up value', async () => {
    await using run = await trial(triggers, {
      lookups: { 'vip-left': { profile: { traits: { ltv: 900 } } } },
    });
    await run.send(churn);
    expect(run.one('vip-left')).toMatchObject({ state: 'skipped', reason: 'not_wanted', requests: [] });
  });

  it('a function gives each event its own value, and undefined for an unknown profile', async () => {
    const profile = ({ userId }: SegmentEvent) => (userId === 'u-2' ? { traits: { ltv: 5_000 } } : undefined);
    await using run = await trial(triggers, { lookups: { 'vip-left': { profile } } });
    await run.send([churn, { ...churn, userId: 'u-2' }]);
    expect(run.runs.map(({ state, reason }) => reason ?? state)).toEqual(['not_wanted', 'done']);
  });

  it('a lookup without a value fails the test and says how to give one', async () => {
    await using run = await trial(triggers);
    await expect(run.send(churn)).rejects.toThrow(
      /Trigger "vip-left" looks up "profile" \(segmentProfile\).*lookups: \{ 'vip-left': \{ profile: \{"traits":\{"ltv":1200\}\} \} \}/,
    );
  });

  it('a value for a lookup that does not exist is refused with the name that was meant', async () => {
    const lookups = { 'vip-left': { profil: {} } };
    await expect(trial(triggers, { lookups })).rejects.toThrow(
      'There is no lookup of "vip-left" "profil": did you mean profile?',
    );
  });

  it('a value that is not an object is refused', async () => {
    await using run = await trial(triggers, { lookups: { 'vip-left': { profile: 1_200 } } });
    await expect(run.send(churn)).rejects.toThrow(/an object; for readProfileTraits it is 1200/);
  });

  it('a profile has the ids, events and channels that the test gives', async () => {
    const asking = trigger(
      { name: 'channels', when, with: { profile: segmentProfile({ externalIds: true, events: true }) } },
      askMave(({ profile }) => ({ message: JSON.stringify(profile) })),
    );
    const profile = {
      externalIds: [{ type: 'user_id', id: 'u-1', source: 'iOS' }],
      events: [{ event: 'Opened', properties: { page: 'home' }, source: 'Website' }],
    };
    await using run = await trial(defineTriggers([asking]), { lookups: { channels: { profile } } });
    await run.send(churn);
    expect(JSON.parse(String(run.requests[0]?.body.message))).toEqual({
      traits: {},
      ...profile,
      channels: ['web', 'ios'],
    });
  });

  it('lookups of SegOps and of Mavera workspaces have the values of the test', async () => {
    const asking = trigger(
      {
        name: 'segments',
        when,
        with: {
          of: segopsMembership(),
          members: segopsMembers({ segment: ({ properties }) => Number(properties.segment), first: 2 }),
          workspace: maveraWorkspace(),
        },
      },
      runFocusGroup(({ of, members, workspace }) => ({
        workspace_id: workspace.id,
        name: `${of?.segmentIds} ${members?.count} ${members?.userIds}`,
      })),
    );
    await using run = await trial(defineTriggers([asking]), {
      lookups: {
        segments: {
          of: { segmentIds: [7, 8] },
          members: { count: 12, userIds: ['a', 'b'] },
          workspace: { id: 'ws_mine', name: 'Mine' },
        },
      },
    });
    await run.send({ ...churn, properties: { segment: 42 } });
    expect(run.requests).toEqual([
      { method: 'POST', path: '/focus-groups', body: { workspace_id: 'ws_mine', name: '7,8 12 a,b' } },
    ]);
    expect(run.one('segments').lookups.map(({ name }) => name)).toEqual([
      'of',
      'members',
      'members',
      'workspace',
    ]);
  });

  it('a workspace lookup has a default workspace where the test gives none', async () => {
    const asking = trigger(
      { name: 'in-workspace', when, with: { workspace: maveraWorkspace() } },
      askMave(({ workspace }) => ({ message: 'Why?', workspace_id: workspace.id })),
    );
    await using run = await trial(defineTriggers([asking]));
    await run.send(churn);
    expect(run.requests[0]?.body.workspace_id).toBe('ws_default');
  });
});

describe('reports in a trial', () => {
  it('reports to Segment and SegOps are shown apart from requests, with their bodies', async () => {
    await using run = await trial(
      defineTriggers([
        {
          name: 'churn',
          when,
          run: askMave(() => ({ message: 'Why?' })),
          toSegment: { track: true },
          toSegOps: { track: true },
        },
      ]),
      { answers: { churn: 'For the price.' } },
    );
    await run.send(churn);
    const { reports, requests, result } = run.one('churn');
    expect(requests).toHaveLength(1);
    expect(reports.map(({ to, path }) => `${to} ${path}`)).toEqual([
      'segment /batch',
      'segops /ingestion/track/batch/',
    ]);
    expect(JSON.stringify(reports[0]?.body)).toContain('For the price.');
    expect(result).toMatchObject({ content: 'For the price.' });
  });
});
