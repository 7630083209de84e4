import { describe, expect, it } from 'vitest';
import examples from '../../examples/triggers.ts';
import { createPersona, segmentProfile, segopsMembership, trigger } from '../../functions/index.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type Expectation, expectedOf } from '../../local/scenario/expectation.ts';
import { canTellWanted, isWanted } from '../../local/scenario/isWanted.ts';
import { otherRequests } from '../../local/scenario/otherRequests.ts';
import { scenarioRequests, sentRequest } from '../../local/scenario/scenarioRequests.ts';
import scenarioTriggers from '../../local/scenario/triggers.ts';
import { defaultProfiles } from '../../simulators/segment/profiles/defaultProfiles.ts';

const nowMs = Date.parse('2026-11-29T12:00:00.500Z');
const profiles = defaultProfiles(nowMs);
const run = createPersona(() => ({ name: 'Somebody' }));

async function expected(triggers: readonly Trigger[]): Promise<Expectation> {
  const segment = (await scenarioRequests('examples/*.ndjson', nowMs)).map(sentRequest);
  const others = await otherRequests(nowMs);
  const sent = others.map(({ source, events, isGenuine }) => ({ source, elements: events, isGenuine }));
  return expectedOf([...segment, ...sent], triggers, profiles);
}

function eventOf(userId: string | undefined): SegmentEvent {
  return { type: 'track', event: 'any', userId, properties: {}, traits: {}, context: {} } as SegmentEvent;
}

describe('the example triggers', () => {
  it('start runs of each source, and one of two customers is wanted', async () => {
    const { byTrigger } = await expected(examples);
    expect(byTrigger).toEqual(
      new Map([
        ['report-exported', { queued: 2, duplicates: 1, notWanted: 1 }],
        ['link-clicked', { queued: 2, duplicates: 1, notWanted: 0 }],
        ['segment-recomputed', { queued: 4, duplicates: 0, notWanted: 0 }],
      ]),
    );
  });

  it('are run beside those of the project', () => {
    expect(scenarioTriggers.map(({ name }) => name)).toEqual([
      'trial-started',
      'feature-milestone',
      'plan-upgraded',
      'churn-signal',
      'audience-entered',
      'report-exported',
      'report-reader',
      'link-clicked',
      'segment-recomputed',
    ]);
  });
});

describe('what is expected of a scenario', () => {
  it('counts the events of all sources, and refuses the forged ones', async () => {
    const { totals } = await expected(scenarioTriggers);
    const { received, queued, duplicates, ignored, invalid, refused } = totals;
    expect(received).toBe(queued + duplicates + ignored + invalid + refused);
    expect({ queued, duplicates, refused }).toEqual({ queued: 32, duplicates: 27, refused: 7 });
  });

  it('moves the events of other sources to now, and keeps their distances', async () => {
    const requests = await otherRequests(nowMs);
    const times = (source: string): readonly unknown[] =>
      requests
        .filter((request) => request.source === source && request.isGenuine)
        .flatMap(({ events }) =>
          events.map((event) => Reflect.get(event, source === 'segops' ? 'computed_at' : 'timestamp')),
        );
    expect(times('segops')).toEqual([
      '2026-11-29T11:00:00Z',
      '2026-11-29T11:30:00Z',
      '2026-11-29T12:00:00Z',
      '2026-11-29T12:00:00Z',
    ]);
    expect(Math.max(...times('sendgrid').map(Number))).toBe(Math.floor(nowMs / 1000));
  });
});

describe('whether a run is wanted', () => {
  const vip = trigger(
    {
      name: 'vip',
      when: 'type = "track"',
      with: { profile: segmentProfile({ traits: ['ltv'] }) },
      only: ({ profile }) => Number(profile?.traits.ltv) >= 2_000,
    },
    run,
  );

  it('is told from the traits of the person, whom Segment finds in lower case', () => {
    expect(
      ['u_1016', 'U_1016', 'u_1013', 'nobody', undefined].map((id) => isWanted(vip, eventOf(id), profiles)),
    ).toEqual([true, true, false, false, false]);
  });

  it('is not known of other lookups, of a follower and of a trigger that collects', () => {
    const only = (): boolean => false;
    const member = trigger(
      { name: 'm', when: 'type = "track"', with: { member: segopsMembership() }, only },
      run,
    );
    const follower = trigger({ name: 'f', after: vip, only }, run);
    expect([vip, member, follower].map(canTellWanted)).toEqual([true, false, false]);
    expect(isWanted(member, eventOf('u_1016'), profiles)).toBe(true);
  });
});
