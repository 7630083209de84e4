import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maveraWorkspace } from '../../functions/lookups/maveraWorkspace.ts';
import { segmentProfile } from '../../functions/lookups/segmentProfile.ts';
import { segopsMembers } from '../../functions/lookups/segopsMembers.ts';
import { segopsMembership } from '../../functions/lookups/segopsMembership.ts';
import { type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import { handleDelivery } from '../../functions/run/handleDelivery.ts';
import { askMave, runFocusGroup } from '../../functions/triggers/actions.ts';
import { trigger } from '../../functions/triggers/defineTrigger.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, runIn, startParkingWorld } from './parkingWorld.ts';
import { type RunnerOptions, secretOf } from './runnerWorld.ts';
import { startWorld, type World } from './world.ts';

/** What a system answers: a status with JSON, by the path of the call; a function for answers that change. */
type Answer = { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> };
type Answers = Record<string, Answer | ((times: number) => Answer)>;

/** Segment and SegOps in one: the paths do not meet. */
class Systems {
  readonly paths: string[] = [];
  readonly #answers: Answers;
  readonly #server: Server;

  constructor(answers: Answers) {
    this.#answers = answers;
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.paths.push(path);
      const found = this.#answers[path.split('?')[0] ?? ''];
      const times = this.paths.filter((one) => one === path).length;
      const {
        status,
        json,
        headers = {},
      } = (typeof found === 'function' ? found(times) : found) ??
      ({ status: 404, json: { detail: 'not found' } } as Answer);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(json ?? {}));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  answer(path: string, answer: Answers[string]): void {
    this.#answers[path] = answer;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const ofAnn = '/v1/spaces/spa_1/collections/users/profiles/user_id%3Aann';
const traits = { status: 200, json: { traits: { ltv: 1200, plan: 'pro', secret: 'x' }, cursor: {} } };

let world: World;
let systems: Systems;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  systems = new Systems({ [`${ofAnn}/traits`]: traits });
  await systems.start();
});

afterEach(() => systems.stop());

async function start(
  triggers: readonly Trigger[],
  options: Partial<RunnerOptions> = {},
): Promise<ParkingWorld> {
  return await startParkingWorld(world, triggers, {
    requestsPerMinute: 600,
    systems: {
      segmentProfiles: {
        baseUrl: systems.url,
        secret: secretOf(async () => ({ accessTokens: new Map([['spa_1', ['profile-token']]]) })),
        space: 'spa_1',
        requestsPerSecond: 20,
      },
      segment: { baseUrl: systems.url, secret: secretOf(async () => ({ token: ['public-token'] })) },
      segops: {
        baseUrl: systems.url,
        secret: secretOf(async () => ({ apiKey: ['sk_1'] })),
        requestsPerMinute: 60,
      },
    },
    ...options,
  });
}

function runOfAnn(system: ParkingWorld, name: string, more: Partial<RunMessage> = {}): RunMessage {
  const { event } = system.runOf(name);
  return system.runOf(name, { event: { ...event, userId: 'Ann' }, ...more });
}

const vip = trigger(
  {
    name: 'vip',
    when: 'type = "track"',
    with: { profile: segmentProfile({ traits: ['ltv', 'plan'] }) },
    only: ({ profile }) => Number(profile?.traits.ltv) > 1_000,
  },
  askMave(({ event, profile }) => ({
    message: `Why does ${event.userId}, worth ${profile?.traits.ltv}, leave?`,
  })),
);

async function requestOf(system: ParkingWorld, runId: string): Promise<unknown> {
  return ((await system.runner.runs.readRequest(runId)) as { readonly body?: unknown } | undefined)?.body;
}

describe('a trigger with lookups', () => {
  it('is given what they gave, by the names that it chose, and asks once while the values are fresh', async () => {
    const system = await start([vip]);
    const run = runOfAnn(system, 'vip');
    await system.deliver(run, 'intake');
    const handled = await system.work(system.now() + 60_000);
    expect(handled.at(-1)).toMatchObject({ outcome: 'done' });
    expect(await requestOf(system, run.runId)).toMatchObject({ message: 'Why does Ann, worth 1200, leave?' });
    // At admission; at its slot the value is still fresh. Another run of the same user asks nothing.
    expect(systems.paths).toEqual([`${ofAnn}/traits?include=ltv%2Cplan&limit=100`]);
    await system.deliver(runOfAnn(system, 'vip'), 'intake');
    expect(systems.paths).toHaveLength(1);
    const details = await system.runner.ledger.readOne(`details#${run.runId}`);
    expect(JSON.parse(details?.lookups?.S ?? '')).toEqual({
      profile: { atMs: expect.any(Number), value: { traits: { ltv: 1200, plan: 'pro' } } },
    });
    await system.stop();
  });

  it('asks again at the slot when the value is older than `freshFor`', async () => {
    const fresh = trigger(
      {
        name: 'vip',
        when: 'type = "track"',
        with: { profile: segmentProfile({ traits: ['ltv'], freshFor: '1m' }) },
      },
      askMave(({ profile }) => ({ message: `Worth ${profile?.traits.ltv}` })),
    );
    const system = await start([fresh]);
    const run = runOfAnn(system, 'vip');
    await system.deliver(run, 'intake');
    systems.answer(`${ofAnn}/traits`, { status: 200, json: { traits: { ltv: 900 } } });
    system.pass(120_000);
    const [ready] = system.sent().map(runIn);
    await system.deliver({ ...(ready as RunMessage), slotAtMs: undefined }, 'ready');
    expect(systems.paths).toHaveLength(2);
    expect(await requestOf(system, run.runId)).toMatchObject({ message: 'Worth 900' });
    await system.stop();
  });

  it('skips a run that its `only` does not want, before it gets a slot', async () => {
    systems.answer(`${ofAnn}/traits`, { status: 200, json: { traits: { ltv: 5 } } });
    const system = await start([vip]);
    const run = runOfAnn(system, 'vip');
    expect(await system.deliver(run, 'intake')).toMatchObject({ outcome: 'skipped', reason: 'not_wanted' });
    expect(system.sent()).toEqual([]);
    expect(system.mavera.calls()).toEqual([]);
    const details = await system.runner.ledger.readOne(`details#${run.runId}`);
    expect(details?.lookups?.S).toContain('"ltv":5');
    await system.stop();
  });

  it('is given `undefined` for a profile that Segment does not know', async () => {
    systems.answer(`${ofAnn}/traits`, { status: 404, json: { error: { code: 'not_found', message: 'no' } } });
    const system = await start([vip]);
    expect(await system.deliver(runOfAnn(system, 'vip'), 'intake')).toMatchObject({ reason: 'not_wanted' });
    // It may be a new user: a minute later Segment is asked again.
    system.pass(61_000);
    systems.answer(`${ofAnn}/traits`, traits);
    const again = runOfAnn(system, 'vip');
    expect(await system.deliver(again, 'intake')).toMatchObject({ outcome: 'waiting' });
    await system.stop();
  });

  it.each([
    ['answers 500', { status: 500, json: {} }],
    ['answers 503 with a page', { status: 503, json: 'down' }],
    ['refuses the token', { status: 401, json: { error: { code: 'unauthorized', message: 'no' } } }],
  ] as const)(
    'waits as profile_unavailable while Segment %s, and goes on after it',
    async (_what, answer) => {
      systems.answer(`${ofAnn}/traits`, answer);
      const system = await start([vip]);
      const run = runOfAnn(system, 'vip');
      expect(await system.deliver(run, 'intake')).toMatchObject({
        outcome: 'waiting',
        reason: 'profile_unavailable',
        gate: 'lookups',
      });
      systems.answer(`${ofAnn}/traits`, traits);
      const handled = await system.work(system.now() + 15 * 60_000);
      expect(handled.at(-1)).toMatchObject({ outcome: 'done' });
      await system.stop();
    },
  );

  it('waits, without a call, when its invocation has too little time left for one', async () => {
    const system = await start([vip]);
    const run = runOfAnn(system, 'vip');
    const delivery = { body: writeRunMessage(run), door: 'intake', receiveCount: 1 } as const;
    expect(await handleDelivery({ ...delivery, remainingMs: 15_000 }, system.runner)).toMatchObject({
      outcome: 'waiting',
      reason: 'profile_unavailable',
      gate: 'lookups',
    });
    expect(systems.paths).toEqual([]);
    await system.stop();
  });

  it('waits as long as Segment asks it to', async () => {
    systems.answer(`${ofAnn}/traits`, (times) =>
      times === 1 ? { status: 429, json: {}, headers: { 'retry-after': '300' } } : traits,
    );
    const system = await start([vip]);
    const begunAtMs = system.now();
    await system.deliver(runOfAnn(system, 'vip'), 'intake');
    const handled = await system.work(begunAtMs + 20 * 60_000);
    expect(handled.at(-1)).toMatchObject({ outcome: 'done' });
    expect(systems.paths).toHaveLength(2);
    await system.stop();
  });

  it('fails when SegOps refuses the question itself, and does not ask it until its deadline', async () => {
    systems.answer('/segments/membership/', {
      status: 400,
      json: { user_id: ['ann@example.com is not valid'] },
    });
    const segments = trigger(
      { name: 'segments', when: 'type = "track"', with: { membership: segopsMembership() } },
      askMave(() => ({ message: 'Why?' })),
    );
    const system = await start([segments]);
    const run = runOfAnn(system, 'segments');
    expect(await system.deliver(run, 'intake')).toMatchObject({ outcome: 'failed', reason: 'lookup_failed' });
    expect((await system.runner.runs.readEnd(run.runId))?.end?.detail).toBe(
      'The system refused the question: 400 fields_invalid',
    );
    await system.stop();
  });

  it('fails when the answer is not as documented, with the field and without its value', async () => {
    systems.answer(`${ofAnn}/traits`, { status: 200, json: { traits: 'ann@example.com' } });
    const system = await start([vip]);
    const run = runOfAnn(system, 'vip');
    expect(await system.deliver(run, 'intake')).toMatchObject({ outcome: 'failed', reason: 'lookup_failed' });
    const { end } = (await system.runner.runs.readEnd(run.runId)) ?? {};
    expect(end?.detail).toMatch(/segmentProfile is not as documented: .*traits/);
    expect(end?.detail).not.toContain('ann@example.com');
    await system.stop();
  });

  it('fails when no space is set, or its `only` throws', async () => {
    const system = await start([vip], { systems: {} });
    expect(await system.deliver(runOfAnn(system, 'vip'), 'intake')).toMatchObject({
      reason: 'lookup_failed',
    });
    const throwing = trigger(
      {
        name: 'vip',
        when: 'type = "track"',
        with: { profile: segmentProfile({ traits: ['ltv'] }) },
        only: () => {
          throw new Error('broken');
        },
      },
      askMave(() => ({ message: 'Why?' })),
    );
    const other = await start([throwing]);
    const run = runOfAnn(other, 'vip');
    expect(await other.deliver(run, 'intake')).toMatchObject({ outcome: 'failed', reason: 'builder_failed' });
    expect((await other.runner.runs.readEnd(run.runId))?.end?.detail).toContain(
      "trigger's `only` threw: broken",
    );
    await system.stop();
    await other.stop();
  });

  it('reads ids and events of a profile, with the names of their sources, which it reads once', async () => {
    systems.answer(`${ofAnn}/external_ids`, {
      status: 200,
      json: { data: [{ type: 'ios.idfa', id: 'i-1', source_id: 'src1' }], cursor: {} },
    });
    systems.answer(`${ofAnn}/events`, {
      status: 200,
      json: {
        data: [
          { event: 'Opened', properties: { a: 1 }, timestamp: '2026-11-20T10:00:00Z', source_id: 'src2' },
        ],
        cursor: {},
      },
    });
    systems.answer('/sources', {
      status: 200,
      json: {
        data: {
          sources: [
            { id: 'src1', slug: 'ios-app', name: 'iOS app', metadata: { slug: 'ios' } },
            { id: 'src2', slug: 'shop', name: 'Shop', metadata: { slug: 'javascript' } },
          ],
        },
      },
    });
    const identities = trigger(
      {
        name: 'identities',
        when: 'type = "track"',
        with: { profile: segmentProfile({ externalIds: true, events: true }) },
      },
      askMave(({ profile }) => ({
        message: `${profile?.channels.join()} ${profile?.externalIds[0]?.source} ${profile?.events[0]?.source}`,
      })),
    );
    const system = await start([identities]);
    const run = runOfAnn(system, 'identities');
    await system.deliver(run, 'ready');
    expect(await requestOf(system, run.runId)).toMatchObject({ message: 'web,ios iOS app Shop' });
    const { event } = run;
    await system.deliver(system.runOf('identities', { event: { ...event, userId: 'bob' } }), 'intake');
    expect(systems.paths.filter((path) => path.startsWith('/sources'))).toHaveLength(1);
    await system.stop();
  });

  it.each([
    ['refuses the token', { status: 403, json: { errors: [{ type: 'forbidden', message: 'no' }] } }],
    ['refuses the question', { status: 400, json: { errors: [{ type: 'bad-request', message: 'no' }] } }],
    ['answers otherwise than documented', { status: 200, json: { data: [] } }],
  ])('is given no names of sources while Segment %s, and asks for them once a minute', async (_, answer) => {
    const identities = trigger(
      { name: 'identities', when: 'type = "track"', with: { profile: segmentProfile({ events: true }) } },
      askMave(({ profile }) => ({ message: `From ${profile?.events[0]?.source}` })),
    );
    const data = [{ event: 'Opened', properties: {}, timestamp: null, source_id: 'src1' }];
    for (const userId of ['ann', 'bob', 'cyd']) {
      const path = `/v1/spaces/spa_1/collections/users/profiles/user_id%3A${userId}/events`;
      systems.answer(path, { status: 200, json: { data } });
    }
    systems.answer('/sources', answer);
    const troubles: string[] = [];
    const system = await start([identities], { onTrouble: (what) => troubles.push(what) });
    const asked = (): number => systems.paths.filter((path) => path.startsWith('/sources')).length;
    const { event } = system.runOf('identities');
    const first = system.runOf('identities', { event: { ...event, userId: 'ann' } });
    await system.deliver(first, 'ready');
    expect(await requestOf(system, first.runId)).toMatchObject({ message: 'From undefined' });
    await system.deliver(system.runOf('identities', { event: { ...event, userId: 'bob' } }), 'intake');
    expect(asked()).toBe(1);
    system.pass(61_000);
    await system.deliver(system.runOf('identities', { event: { ...event, userId: 'cyd' } }), 'intake');
    expect(asked()).toBe(2);
    expect(troubles).toHaveLength(2);
    await system.stop();
  });

  it('keeps the event as it was, whatever a function of a lookup does to it', async () => {
    const segment = trigger(
      {
        name: 'segment',
        when: 'type = "track"',
        with: {
          members: segopsMembers({
            segment: (event) => {
              Object.assign(event, { userId: 'changed' });
              return 42;
            },
          }),
        },
      },
      askMave(() => ({ message: 'Why?' })),
    );
    systems.answer('/segments/42/', { status: 200, json: { id: 42, name: 'High LTV', member_count: 7 } });
    const system = await start([segment]);
    const run = runOfAnn(system, 'segment');
    await system.deliver(run, 'intake');
    expect(system.sent().map(runIn)).toEqual([expect.objectContaining({ event: run.event })]);
    await system.stop();
  });

  it('asks SegOps for memberships and members', async () => {
    systems.answer('/segments/membership/', {
      status: 200,
      json: { user_id: 'Ann', segment_ids: [42], cached: false },
    });
    systems.answer('/segments/42/', { status: 200, json: { id: 42, name: 'High LTV', member_count: 1851 } });
    systems.answer('/segments/42/members/', {
      status: 200,
      json: { results: ['a', { user_id: 'b' }], next_cursor: null },
    });
    const segments = trigger(
      {
        name: 'segments',
        when: 'type = "track"',
        with: { membership: segopsMembership(), members: segopsMembers({ segment: 42, first: 2 }) },
        only: ({ membership }) => membership?.segmentIds.includes(42) === true,
      },
      askMave(({ members }) => ({ message: `${members?.count}: ${members?.userIds.join()}` })),
    );
    const system = await start([segments]);
    const run = runOfAnn(system, 'segments');
    await system.deliver(run, 'ready');
    expect(await requestOf(system, run.runId)).toMatchObject({ message: '1851: a,b' });
    await system.stop();
  });
});

describe('a lookup at Mavera', () => {
  const group = trigger(
    { name: 'group', when: 'type = "track"', with: { workspace: maveraWorkspace() } },
    runFocusGroup(({ workspace }) => ({ workspace_id: workspace.id, name: 'Voices' })),
  );

  const collecting = {
    name: 'group',
    when: 'type = "track"',
    with: { workspace: maveraWorkspace() },
    collect: { count: 2, within: '1h' },
  } as const;

  it('leaves it to `only` which events are collected, before the workspace is known', async () => {
    const group = trigger(
      { ...collecting, only: ({ event }) => event.userId !== 'unwanted' },
      runFocusGroup(({ workspace, events }) => ({
        workspace_id: workspace.id,
        name: events.map(({ userId }) => userId).join(),
      })),
    );
    const system = await start([group]);
    const outcomes = [];
    for (const userId of ['ann', 'unwanted', 'bob']) {
      const { event } = system.runOf('group');
      const { outcome, reason } = await system.deliver(
        system.runOf('group', { event: { ...event, userId } }),
        'intake',
      );
      outcomes.push(reason ?? outcome);
    }
    expect(outcomes).toEqual(['collecting', 'not_wanted', 'collecting']);
    await system.work(system.now() + 2 * 60_000);
    expect(system.mavera.focusGroups().map(({ name }) => name)).toEqual([expect.stringContaining('ann,bob')]);
    await system.stop();
  });

  it('asks `only` once for each event, also when the run that joins last closes the collection', async () => {
    const asked: (string | undefined)[] = [];
    const group = trigger(
      {
        ...collecting,
        only: ({ event }) => {
          asked.push(event.userId);
          return true;
        },
      },
      runFocusGroup(({ workspace }) => ({ workspace_id: workspace.id, name: 'Voices' })),
    );
    const system = await start([group]);
    for (const userId of ['ann', 'bob']) {
      const { event } = system.runOf('group');
      await system.deliver(system.runOf('group', { event: { ...event, userId } }), 'ready');
    }
    await system.work(system.now() + 2 * 60_000);
    expect(asked).toEqual(['ann', 'bob']);
    expect(system.mavera.focusGroups()).toHaveLength(1);
    await system.stop();
  });

  it('says so when `only` of a trigger that collects uses the workspace', async () => {
    const group = trigger(
      { ...collecting, only: ({ workspace }) => workspace.id === 'ws_1' },
      runFocusGroup(({ workspace }) => ({ workspace_id: workspace.id, name: 'Voices' })),
    );
    const system = await start([group]);
    const run = system.runOf('group');
    expect(await system.deliver(run, 'intake')).toMatchObject({
      outcome: 'failed',
      reason: 'builder_failed',
    });
    expect((await system.runner.runs.readEnd(run.runId))?.end?.detail).toBe(
      "The trigger's `only` threw: it uses workspace, which a trigger that collects asks for after its collection",
    );
    await system.stop();
  });

  it('is not made when the invocation has too little time left for it', async () => {
    const system = await start([group]);
    const run = system.runOf('group', { slotAtMs: system.now() });
    const delivery = { body: writeRunMessage(run), door: 'ready', receiveCount: 1 } as const;
    expect(await handleDelivery({ ...delivery, remainingMs: 25_000 }, system.runner)).toMatchObject({
      outcome: 'waiting',
      reason: 'workspace_unavailable',
    });
    expect(system.mavera.calls()).toEqual([]);
    await system.stop();
  });

  it('gives the only workspace, takes a slot for itself, and is not made at admission', async () => {
    const system = await start([group]);
    const run = system.runOf('group');
    await system.deliver(run, 'intake');
    expect(system.mavera.calls()).toEqual([]);
    await system.work(system.now() + 10 * 60_000);
    const calls = system.mavera.calls().map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    expect(calls[0]).toMatch(/^GET .*\/workspaces$/);
    expect(calls[1]).toMatch(/^POST .*\/focus-groups$/);
    expect((await system.runner.runs.readEnd(run.runId))?.end?.state).toBe('done');
    // Another run within the hour does not ask again.
    await system.deliver(system.runOf('group'), 'intake');
    await system.work(system.now() + 10 * 60_000);
    expect(system.mavera.calls().filter(({ path }) => path.includes('/workspaces'))).toHaveLength(1);
    await system.stop();
  });
});
