import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultAudiences } from '../../../simulators/segment/audiences/defaultAudiences.ts';
import {
  localSpace,
  type ProfilesSimulator,
  type ProfilesSimulatorOptions,
  startProfilesSimulator,
} from '../../../simulators/segment/profiles/profilesSimulator.ts';
import { simulatedSecrets } from '../../../simulators/segment/simulatedSecrets.ts';

const dayMs = 86_400_000;

interface Page {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly cursor: { readonly has_more: boolean; readonly next: string };
}

interface Answer {
  readonly status: number;
  readonly body: Page;
}

/** A simulator that is stopped with the test, and a client for the profiles of its space. */
async function useProfiles(options: ProfilesSimulatorOptions = {}): Promise<{
  readonly simulator: ProfilesSimulator;
  readonly read: (path: string, token?: string, space?: string) => Promise<Answer>;
}> {
  const simulator = await startProfilesSimulator({ latencyMs: 0, ...options });
  onTestFinished(() => simulator.stop());
  const read = async (
    path: string,
    token: string = simulatedSecrets.profileToken,
    space = localSpace,
  ): Promise<Answer> => {
    const response = await fetch(
      `${simulator.baseUrl}/v1/spaces/${space}/collections/users/profiles/${path}`,
      { headers: { authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}` } },
    );
    return { status: response.status, body: (await response.json()) as Page };
  };
  return { simulator, read };
}

describe('the traits of a profile', () => {
  it('are those that are asked for', async () => {
    const { read } = await useProfiles();
    expect(await read('user_id:u_1016/traits?include=ltv,plan,unknown')).toMatchObject({
      status: 200,
      body: { traits: { ltv: 18_250, plan: 'enterprise' }, cursor: { has_more: false } },
    });
  });

  it('come ten at a time, or up to 200', async () => {
    const { read } = await useProfiles();
    const first = (await read('user_id:u_1016/traits?limit=4')).body;
    const second = (await read(`user_id:u_1016/traits?limit=200&next=${first.cursor.next}`)).body;
    const all = (await read('user_id:u_1016/traits?limit=200')).body;
    expect(Object.keys(first.traits)).toHaveLength(4);
    expect({ ...first.traits, ...second.traits }).toEqual(all.traits);
    expect([first, second].map(({ cursor }) => cursor.has_more)).toEqual([true, false]);
  });

  it('can be narrowed to audiences or computed traits, and tell their source', async () => {
    const { read } = await useProfiles();
    expect((await read('user_id:u_1016/traits?class=audience')).body.traits).toEqual({ high_value: true });
    const computed = (await read('user_id:u_1016/traits?class=computed_trait&limit=200')).body.traits;
    expect(computed).toMatchObject({ invoices_90_days: 3, purchase_count: expect.any(Number) });
    expect(computed).not.toHaveProperty('plan');
    expect((await read('user_id:u_1016/traits?include=plan&verbose=true')).body.traits).toEqual({
      plan: { value: 'enterprise', source_id: 'src_web', updated_at: expect.any(String) },
    });
  });
});

describe('a profile', () => {
  it('is found by any of its ids, percent-encoded, and by the id of Segment', async () => {
    const { simulator, read } = await useProfiles();
    const { ids = [], segmentId } = simulator.profiles().find(({ ids: [id] }) => id?.id === 'u_1016') ?? {};
    expect(ids.map(({ type }) => type)).toEqual([
      'user_id',
      'anonymous_id',
      'ga_client_id',
      'email',
      'ios.idfa',
    ]);
    const paths = [segmentId, ...ids.map(({ type, id }) => encodeURIComponent(`${type}:${id}`))];
    const answers = await Promise.all(paths.map((path) => read(`${path}/traits?include=city`)));
    expect(answers.map(({ body }) => body.traits)).toEqual(paths.map(() => ({ city: 'Boston' })));
  });

  it.each([
    'user_id:U_1016/traits',
    'user_id:nobody/traits',
    'user_id:nobody/events',
    'anonymous_id:x/external_ids',
  ])('is not found by %s', async (path) => {
    const { read } = await useProfiles();
    expect(await read(path)).toEqual({
      status: 404,
      body: { error: { code: 'not_found', message: 'Profile was not found.' } },
    });
  });

  it('with special characters in its path that are not encoded is answered with 500', async () => {
    const { read } = await useProfiles();
    expect((await read('email:a+b@example.com/traits')).status).toBe(500);
    expect((await read('email:a%2Bb%40example.com/traits')).status).toBe(404);
  });

  it('has metadata, and no links', async () => {
    const { read } = await useProfiles();
    expect((await read('user_id:u_1016/metadata')).body).toMatchObject({
      metadata: { expires_at: null, first_source_id: 'src_web', created_at: expect.any(String) },
    });
    expect((await read('user_id:u_1016/links')).body.data).toEqual([]);
  });

  it('has no other parts', async () => {
    const { read } = await useProfiles();
    expect((await read('user_id:u_1016/everything')).status).toBe(404);
    expect((await read('user_id:u_1016/constructor')).status).toBe(404);
  });
});

describe('the external ids of a profile', () => {
  it('tell their type, their source and when they came', async () => {
    const { read } = await useProfiles();
    const { data } = (await read('user_id:u_1016/external_ids')).body;
    expect(data[0]).toEqual({
      source_id: 'src_web',
      collection: 'users',
      id: 'u_1016',
      type: 'user_id',
      created_at: expect.any(String),
      encoding: 'none',
      first_message_id: expect.any(String),
    });
    const { data: emails } = (await read('user_id:u_1016/external_ids?include=email')).body;
    expect(emails).toMatchObject([{ type: 'email', id: 'grace.hypothesis@example.com' }]);
  });
});

describe('the events of a profile', () => {
  it('are track events of the last 14 days, newest first', async () => {
    const nowMs = Date.parse('2026-11-29T12:00:00Z');
    const { read } = await useProfiles({ now: () => nowMs });
    const { data } = (await read('user_id:u_1016/events?limit=100')).body;
    const times = data.map(({ timestamp }) => Date.parse(String(timestamp)));
    expect(data.length).toBeGreaterThan(5);
    expect(times.every((ms) => ms >= nowMs - 14 * dayMs && ms <= nowMs)).toBe(true);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    expect(data[0]).toMatchObject({
      type: 'track',
      event: 'Report Viewed',
      properties: { report: 'Revenue by month' },
      source_id: 'src_web',
      external_ids: [{ type: 'user_id', id: 'u_1016' }],
      related: { users: [] },
    });
    expect((await read('user_id:u_1016/events?limit=100&sort=asc')).body.data).toEqual(data.toReversed());
  });

  it('can be narrowed by name and by time', async () => {
    const nowMs = Date.parse('2026-11-29T12:00:00Z');
    const { read } = await useProfiles({ now: () => nowMs });
    const names = async (query: string): Promise<readonly unknown[]> =>
      (await read(`user_id:u_1016/events?limit=100&${query}`)).body.data.map(({ event }) => event);
    expect(await names('include=Invoice%20Paid')).toEqual(['Invoice Paid']);
    expect(await names('exclude=Invoice%20Paid')).not.toContain('Invoice Paid');
    expect(await names('start=2026-11-28T00:00:00Z')).toEqual(['Report Viewed']);
    expect(await names('end=2026-11-16T00:00:00Z')).toEqual([]);
  });
});

describe('the Profile API refuses', () => {
  it('a token that is wrong, and one of another space', async () => {
    const { read } = await useProfiles({ accessTokens: { spa_1: 'one', spa_2: 'two' } });
    const statusOf = async (token: string, space: string): Promise<number> =>
      (await read('user_id:u_1016/traits', token, space)).status;
    expect(await statusOf('one', 'spa_1')).toBe(200);
    expect(await statusOf('two', 'spa_1')).toBe(401);
    expect(await statusOf('one', 'spa_3')).toBe(401);
    expect(await statusOf('undefined', 'spa_3')).toBe(401);
  });

  it.each([
    'traits?limit=201',
    'traits?limit=0',
    'external_ids?limit=101',
    'events?start=soon',
    'traits?next=x',
  ])('%s', async (part) => {
    const { read } = await useProfiles();
    expect(await read(`user_id:u_1016/${part}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'validation_error' } },
    });
  });

  it('more than 100 calls in a second of one space', async () => {
    let nowMs = 0;
    const { read } = await useProfiles({ requestsPerSecond: 2, now: () => nowMs });
    const statusOf = async (): Promise<number> => (await read('user_id:u_1016/traits')).status;
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([200, 200, 429]);
    nowMs = 1_000;
    expect(await statusOf()).toBe(200);
  });

  it('what a fault says, by the part of the profile', async () => {
    const { simulator, read } = await useProfiles();
    simulator.inject({ kind: 'status', status: 429, path: '*/events' });
    expect((await read('user_id:u_1016/traits')).status).toBe(200);
    expect(await read('user_id:u_1016/events')).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limit_error' } },
    });
    simulator.inject({ kind: 'cut-before', path: '*/traits' });
    await expect(read('user_id:u_1016/traits')).rejects.toThrow();
  });
});

describe('the default profiles', () => {
  it('are three dozen people of all channels and plans, and customers like them', async () => {
    const { simulator } = await useProfiles();
    expect(simulator.profiles()).toHaveLength(300);
    const profiles = simulator.profiles().slice(0, 36);
    const values = (trait: string): ReadonlySet<unknown> =>
      new Set(profiles.map(({ traits }) => traits[trait]?.value));
    expect(values('plan').size).toBe(6);
    expect(values('city').size).toBe(profiles.length);
    const sources = new Set(profiles.flatMap(({ events }) => events.map(({ sourceId }) => sourceId)));
    expect(sources.size).toBe(5);
  });

  it('have traits by which they can be divided into groups of five or more', async () => {
    const { simulator } = await useProfiles();
    for (const trait of ['plan', 'industry', 'engagement_tier', 'churn_risk']) {
      const counts = new Map<unknown, number>();
      for (const { traits } of simulator.profiles()) {
        counts.set(traits[trait]?.value, (counts.get(traits[trait]?.value) ?? 0) + 1);
      }
      expect(Math.min(...counts.values()), trait).toBeGreaterThanOrEqual(5);
      expect(counts.has(undefined), trait).toBe(false);
    }
  });

  it('answer under the ids that previews of audiences give', async () => {
    const { read } = await useProfiles();
    const [audience] = defaultAudiences(Date.now());
    const [member = ''] = audience?.members ?? [];
    const { traits } = (await read(`${member}/traits?include=ltv`)).body;
    expect(traits.ltv).toBeGreaterThanOrEqual(2_000);
  });

  it('have ids in lower case', async () => {
    const { simulator } = await useProfiles();
    const ids = simulator.profiles().flatMap((profile) => profile.ids.map(({ id }) => id));
    expect(ids.filter((id) => id !== id.toLowerCase())).toEqual([]);
  });
});
