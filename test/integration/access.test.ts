import { createServer, type IncomingHttpHeaders } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CallRecord, callSentence } from '../../functions/access/callRecord.ts';
import { defineAccess } from '../../functions/access/defineAccess.ts';
import { declaredOperations } from '../../functions/access/grants.ts';
import type { Operation } from '../../functions/access/operation.ts';
import { operations } from '../../functions/access/operations.ts';
import {
  askMave,
  createPersona,
  defineTriggers,
  respondAs,
  runFocusGroup,
  segmentProfile,
  segopsMembers,
  trigger,
  updatePersona,
} from '../../functions/index.ts';
import { LookupUnusableError, lookupCalls } from '../../functions/lookups/lookupCalls.ts';
import { Log } from '../../functions/observability/log.ts';
import { logCall } from '../../functions/observability/logCall.ts';
import { logDelivery } from '../../functions/run/logDelivery.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { startTrackingServer } from '../../simulators/segment/trackingServer.ts';
import { newRun } from './runnerWorld.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const when = 'type = "track"';
let world: World;
let runner: TestRunner | undefined;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
});

describe('a trigger that access.ts does not grant all it needs', () => {
  const [careful] = defineTriggers([
    {
      name: 'careful',
      when,
      run: createPersona(() => ({ name: 'Ann', description: 'Leaves.' })),
      cooldown: { per: 'user', for: '1d' },
      budget: { credits: 1_000, per: 'day' },
    },
  ]) as readonly [Trigger];
  const needs = { 'mavera.personas': 'write', 'mavera.usage': 'read' } as const;

  it.each([
    ['nothing at all', {}, 'mavera.personas'],
    ['one thing less: to create', { ...needs, 'mavera.personas': 'read' }, 'mavera.personas'],
    ['one thing less: the usage', { 'mavera.personas': 'full' }, 'mavera.usage'],
  ] as const)('is granted %s: its run fails, nothing is called or kept', async (_what, granted, lacking) => {
    const records: CallRecord[] = [];
    const grants = defineAccess({ triggers: { careful: granted } });
    const onCall = (record: CallRecord): number => records.push(record);
    const started = await startTestRunner(world, [careful], { grants, onCall });
    runner = started;
    const run = started.runOf('careful');
    expect(await started.deliver(run)).toMatchObject({ outcome: 'failed', reason: 'not_allowed' });
    expect(started.mavera.calls()).toEqual([]);
    expect(records.map(({ phase, resource }) => [phase, resource])).toContainEqual(['refused', lacking]);
    expect(records.every(({ phase, runId }) => phase === 'refused' && runId === run.runId)).toBe(true);
    expect(await started.deadLetters()).toMatchObject([
      { reason: 'not_allowed', detail: expect.stringContaining(lacking) },
    ]);
    expect(await started.itemOf(run)).not.toHaveProperty('creditsReserved');
    // Nothing of it stands in the way of the next run of the same user.
    const granting = await startTestRunner(world, [careful], { table: started.table });
    expect(await granting.deliver(granting.runOf('careful'))).toMatchObject({ outcome: 'done' });
    await granting.stop();
  });

  it('is granted all: its run is done, and each call is on record', async () => {
    const records: CallRecord[] = [];
    const grants = defineAccess({ triggers: { careful: needs } });
    const started = await startTestRunner(world, [careful], {
      grants,
      onCall: (record) => records.push(record),
    });
    runner = started;
    const run = started.runOf('careful');
    expect(await started.deliver(run)).toMatchObject({ outcome: 'done' });
    expect(records.map(({ phase, operation }) => `${phase} ${operation}`)).toEqual([
      'begins createPersona',
      'ended createPersona',
    ]);
    const sentence = callSentence(records[1] as CallRecord);
    expect(sentence).toMatch(
      /^Trigger careful created a persona at 127\.0\.0\.1:\d+: allowed, access\.ts grants it\. Answered 201 in \d+\.\d s, 300 credits\. Run [0-9a-f]{6}\.$/,
    );
  });
});

describe('a report that access.ts does not grant any more', () => {
  it('is dead-lettered, and nothing is sent', async () => {
    const tracking = await startTrackingServer();
    const reports: Trigger = {
      name: 'reports',
      when,
      run: askMave(() => ({ message: 'Why?' })),
      toSegment: { track: true },
    };
    const started = await startTestRunner(world, [reports], { trackingUrl: tracking.baseUrl });
    runner = started;
    expect(await started.deliver(started.runOf('reports'))).toMatchObject({ outcome: 'done' });
    const report = await started.waitingRun();
    const revoked = await startTestRunner(world, [reports], {
      table: started.table,
      trackingUrl: tracking.baseUrl,
      grants: defineAccess({ triggers: { reports: { 'mavera.mave': 'write', 'mavera.usage': 'read' } } }),
    });
    expect(await revoked.deliver(report)).toMatchObject({ outcome: 'failed', reason: 'not_allowed' });
    expect(await revoked.deadLetters()).toMatchObject([{ reason: 'not_allowed' }]);
    expect(tracking.requests()).toEqual([]);
    await Promise.all([revoked.stop(), tracking.stop()]);
  });
});

/** A server that stands for every system, notes what reaches it, and answers with ids that lead elsewhere. */
async function startGreedyServer(hostile: string) {
  const seen: { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers });
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        ...{ id: hostile, thread_id: hostile, persona_id: hostile, content: 'x', next_cursor: hostile },
        ...{ status: 'running', output: [], data: [], traits: {}, results: [], member_count: 1 },
      }),
    );
  });
  const port = await listen(server, 0);
  return { baseUrl: `http://127.0.0.1:${port}/base`, seen, stop: () => closeServer(server) };
}

const escapes = [
  '..',
  '../usage',
  'p_1/../../usage',
  '/usage',
  '%2e%2e%2fusage',
  '%2e%2e',
  '..%2f..%2fadmin',
  '//evil.example/usage',
  'https://evil.example/usage',
  '@evil.example',
  'p_1?expand=all',
  'p_1&limit=1000',
  'p_1#fragment',
  'p_1\\..\\usage',
  'p_1\r\nx-admin: 1',
  ' ',
  'p_1;..',
  '．．',
] as const;

describe.each(escapes)('a builder that tries to escape with %j', (hostile) => {
  /** Whatever a request could be led by. */
  const members = {
    ...{ path: hostile, url: hostile, method: 'DELETE', headers: { 'x-admin': hostile } },
    ...{ id: hostile, persona_id: hostile, thread_id: hostile, query: { limit: hostile } },
  };
  const triggers: readonly Trigger[] = [
    { name: 'ask', when, run: askMave(() => ({ message: hostile, ...members }), { thread: 'per-user' }) },
    { name: 'create', when, run: createPersona(() => ({ name: 'Ann', ...members })) },
    { name: 'update', when, run: updatePersona(() => ({ name: 'Ann', ...members }), { per: 'user' }) },
    {
      name: 'respond',
      when,
      run: respondAs(() => ({ input: 'x', ...members }), { personaId: () => hostile }),
    },
    { name: 'group', when, run: runFocusGroup(() => ({ workspace_id: hostile, ...members })) },
  ];

  it.each(triggers.map(({ name }) => name))('reaches only what the trigger %s declares', async (name) => {
    const greedy = await startGreedyServer(hostile);
    let aheadMs = 0;
    const started = await startTestRunner(world, triggers, {
      maveraBaseUrl: greedy.baseUrl,
      now: () => Date.now() + aheadMs,
      onTrouble: () => undefined,
    });
    runner = started;
    const run = started.runOf(name, { deadlineAtMs: Date.now() + 86_400_000 });
    // The second delivery has the id that the first one was answered with.
    for (const again of [run, { ...run, redrive: '1' }, { ...run, redrive: '1' }]) {
      await started.deliver(again);
      aheadMs += 3_600_000;
    }
    const declared = declaredOperations(triggers.find((one) => one.name === name) as Trigger);
    // The action itself refuses this id.
    expect(greedy.seen.length > 0).toBe(name !== 'respond' || hostile !== '..');
    for (const { method, url, headers } of greedy.seen) {
      expect(declared.filter((operation) => isOf(operations[operation], method, url))).toHaveLength(1);
      expect(headers).not.toHaveProperty('x-admin');
    }
    await greedy.stop();
  });

  it('reaches only what its lookups declare', async () => {
    const greedy = await startGreedyServer(hostile);
    const looks = trigger(
      {
        name: 'looks',
        when,
        with: {
          profile: segmentProfile({ space: hostile, traits: [hostile], externalIds: true, events: true }),
          other: segmentProfile({ space: 'spa_1', traits: [hostile] }),
          members: segopsMembers({ segment: 42, first: 10 }),
        },
      },
      askMave(() => ({ message: 'Why?' })),
    );
    const started = await startTestRunner(world, [looks], { systems: systemsAt(greedy.baseUrl) });
    runner = started;
    const event = { ...newRun('looks', Date.now()).event, userId: hostile };
    const answers: string[] = [];
    const calls = Object.values(looks.with ?? {}).flatMap((lookup) =>
      lookupCalls(lookup as never, event, {}),
    );
    // The lookup itself refuses such an id of a segment.
    const members = segopsMembers({ segment: () => hostile as never });
    expect(() => lookupCalls(members, event, {})).toThrow(LookupUnusableError);
    for (const { operation, request } of calls) {
      const ofSegment =
        request.path?.segment === undefined ? request : { ...request, path: { segment: hostile } };
      const call = { agent: 'trigger/looks', operation, request: ofSegment } as const;
      answers.push((await started.dependencies.gate.call(call)).kind);
    }
    expect(answers.length).toBeGreaterThan(3);
    expect(greedy.seen.length > 0).toBe(!/\p{Cc}/u.test(hostile));
    for (const { method, url, headers } of greedy.seen) {
      const declared = declaredOperations(looks).filter((name) => isOf(operations[name], method, url));
      expect(declared).toHaveLength(1);
      expect(headers).not.toHaveProperty('x-admin');
    }
    await greedy.stop();
  });
});

/** Whether a request line is one that the operation may send: its own path, its own query parameters. */
function isOf(operation: Operation, method: string, requestTarget: string): boolean {
  const { origin, pathname, searchParams, hash } = new URL(requestTarget, 'http://here.example');
  const pattern = operation.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/]+)');
  const values = new RegExp(`^/base${pattern}$`).exec(pathname);
  return (
    origin === 'http://here.example' &&
    hash === '' &&
    operation.method === method &&
    values?.slice(1).every((value) => !['.', '..'].includes(decodeURIComponent(value))) === true &&
    [...searchParams.keys()].every((name) => operation.query?.includes(name) === true)
  );
}

function secretOfValue<Value>(value: Value): CachedSecret<Value> {
  const times = { maxAgeMs: 300_000, earlyRefreshEveryMs: 60_000, retryEveryMs: 10_000 };
  return new CachedSecret({ fetch: async () => value, now: Date.now, onTrouble: () => undefined, ...times });
}

function systemsAt(baseUrl: string) {
  const accessTokens = new Map([
    ['spa_1', ['token-1']],
    ...escapes.map((space): [string, string[]] => [space, ['token-1']]),
  ]);
  return {
    segmentProfiles: { baseUrl, secret: secretOfValue({ accessTokens }), requestsPerSecond: 10_000 },
    segment: { baseUrl, secret: secretOfValue({ token: ['token-2'] }) },
    segops: { baseUrl, secret: secretOfValue({ apiKey: ['sk_1'] }), requestsPerMinute: 600_000 },
  };
}

describe('what is logged of calls', () => {
  it('holds no person, whether in the event, in a path, in a query or in what a system says', async () => {
    const person = 'ann.bee@example.com';
    const lines: string[] = [];
    const log = new Log({
      service: 'runner',
      namespace: 'test',
      now: Date.now,
      write: (line) => lines.push(line),
    });
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(422, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          error: { message: `${person} is known`, type: 'invalid_request_error', code: 'invalid_field' },
          errors: [{ type: person, message: person }],
          detail: person,
        }),
      );
    });
    const baseUrl = `http://127.0.0.1:${await listen(server, 0)}`;
    const looks = trigger(
      {
        name: 'looks',
        when,
        with: { profile: segmentProfile({ space: 'spa_1', traits: [person], events: true }) },
        toSegment: { identify: () => ({ email: person }) },
      },
      createPersona(({ event }) => ({ name: `${event.userId}`, description: person })),
    );
    const writes: Trigger = { name: 'writes', when, run: looks.run };
    const started = await startTestRunner(world, [looks, writes], {
      systems: systemsAt(baseUrl),
      trackingUrl: baseUrl,
      maveraBaseUrl: baseUrl,
      onCall: (record) => logCall(log, record),
      onTrouble: (what, error) => log.warn(what, error),
    });
    runner = started;
    const { gate, now } = started.dependencies;
    const moment = () => ({ atMs: now(), requests: gate.requestsTo('mavera') });
    const begun = moment();
    const event = {
      ...newRun('looks', now()).event,
      userId: person,
      properties: { email: person },
      traits: { email: person },
    };
    for (const [name, expected] of [
      ['looks', { outcome: 'failed', reason: 'lookup_failed' }],
      ['writes', { outcome: 'failed', reason: 'mavera_422' }],
    ] as const) {
      const report = await started.deliver(started.runOf(name, { event, messageId: person }));
      expect(report).toMatchObject(expected);
      logDelivery(log, report, begun, moment());
    }
    const agent = 'trigger/looks';
    const answers: unknown[] = [];
    for (const call of lookupCalls(looks.with?.profile as never, event, {})) {
      answers.push(await gate.call({ agent, ...call }));
    }
    const body = { batch: [{ type: 'identify', userId: person, traits: { email: person } }] };
    answers.push(await gate.call({ agent, operation: 'sendToSegment', request: { body } }));
    const segops = {
      agent,
      operation: 'readSegopsMembership',
      request: { query: { user_id: person } },
    } as const;
    answers.push(await gate.call(segops));
    expect(answers).toMatchObject([
      { kind: 'refused' },
      { kind: 'refused' },
      { kind: 'blocked' },
      { kind: 'not_allowed' },
    ]);
    expect(lines.length).toBeGreaterThan(6);
    for (const told of [...lines, JSON.stringify(answers)]) {
      expect(decodeURIComponent(told.replace(/%(?![0-9A-F]{2})/g, '%25'))).not.toContain('ann.bee');
    }
    await closeServer(server);
  });
});
