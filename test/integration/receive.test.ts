import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readForgetRequests } from '../../functions/forget/recordedRequests.ts';
import {
  askMave,
  createPersona,
  defineTriggers,
  type SegmentEvent,
  type SignRequestOptions,
  signSegmentRequest,
} from '../../functions/index.ts';
import type { ClaimOptions } from '../../functions/ledger/claims.ts';
import { Claims } from '../../functions/ledger/claims.ts';
import { ForgetRequests, forgetRequest } from '../../functions/ledger/forgetRequests.ts';
import { cancelKey, claimKey, messageKey } from '../../functions/ledger/keys.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { parseQueueMessage, parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { RunQueue, type RunQueueUrls } from '../../functions/queue/runQueue.ts';
import { type LedgerAndQueue, openLedgerAndQueue } from '../../functions/receive/ledgerAndQueue.ts';
import { type OpenSources, openSource } from '../../functions/receive/openSource.ts';
import { receive } from '../../functions/receive/receive.ts';
import type { ReceiverDependencies } from '../../functions/receive/receiverDependencies.ts';
import type { Reception } from '../../functions/receive/reception.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import {
  parseSegmentCredentials,
  type SegmentCredentials,
} from '../../functions/sources/segment/credentials.ts';
import { createSource } from '../../functions/sources/segment/source.ts';
import { compileTriggers } from '../../functions/triggers/matchTriggers.ts';
import { newClient } from './troubledLedger.ts';
import { delayCommands, newQueueClient, refuseSomeOfBatch } from './troubledQueue.ts';
import { drain, startWorld, type World } from './world.ts';

const secret = 'a shared secret';
const bearerToken = 'a bearer token';
const nowMs = Date.parse('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;

function keyOfCompany({ properties }: SegmentEvent): string | undefined {
  if (properties.company === 'broken') {
    throw new Error('jane@example.com');
  }
  return typeof properties.company === 'string' ? properties.company : undefined;
}

const triggers = defineTriggers([
  {
    name: 'upgraded',
    when: 'type = "track" and event = "plan_upgraded"',
    run: askMave(() => ({ message: 'Why?' })),
  },
  {
    name: 'rarely',
    when: 'event = "page_scrolled"',
    run: askMave(() => ({ message: 'Why?' })),
    sample: 1e-9,
  },
  {
    name: 'vip-upgraded',
    when: 'event = "plan_upgraded" and properties.vip = true',
    run: createPersona(() => ({ name: 'A VIP' })),
  },
  {
    name: 'win-back',
    when: 'event = "plan_cancelled"',
    cancelledBy: { when: 'event = "plan_renewed"', per: keyOfCompany },
    run: askMave(() => ({ message: 'Why?' })),
  },
  { name: 'only-on-a-route', when: 'type = "page"', route: 'web', run: askMave(() => ({ message: '?' })) },
]);

let world: World;
let queueUrls: RunQueueUrls;
let dependencies: ReceiverDependencies;
let stores: LedgerAndQueue;
let credentials: SegmentCredentials;
let troubles: unknown[];

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  queueUrls = { intake: await world.newQueue(), bulk: await world.newQueue() };
  troubles = [];
  credentials = { sharedSecret: [secret], bearerToken: [bearerToken] };
  const onTrouble = (error: unknown): void => {
    troubles.push(error);
  };
  const options = {
    tableName: world.table,
    queueUrls,
    onLedgerTrouble: onTrouble,
    onQueueTrouble: onTrouble,
  };
  stores = openLedgerAndQueue(options, world.clients);
  dependencies = {
    settings: {
      maxBodyBytes: 5_242_880,
      dedupeWindowMs: 7 * dayMs,
      runDeadlineMs: 4 * dayMs,
      acceptReplays: false,
    },
    answerWithinMs: 30_000,
    sources: segmentWith(secretOf(async () => credentials)),
    ledgerAndQueue: async () => stores,
    now: () => nowMs,
    random: () => 0,
    sleep: async () => undefined,
  };
});

function segmentWith(segmentSecret: CachedSecret<SegmentCredentials>): OpenSources {
  const source = createSource({ allowFirstEventSignature: false });
  return new Map([['segment', openSource(source, segmentSecret, compileTriggers(triggers))]]);
}

function secretOf(fetch: () => Promise<SegmentCredentials>): CachedSecret<SegmentCredentials> {
  const times = { maxAgeMs: 300_000, earlyRefreshEveryMs: 60_000, retryEveryMs: 10_000 };
  return new CachedSecret({ fetch, now: () => nowMs, onTrouble: () => undefined, ...times });
}

let events = 0;
function upgraded(more: Record<string, unknown> = {}): Record<string, unknown> {
  events += 1;
  return { type: 'track', event: 'plan_upgraded', messageId: `message-${events}`, userId: 'u-1', ...more };
}

function ignoredEvent(): Record<string, unknown> {
  return { ...upgraded(), event: 'something_else' };
}

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly base64?: boolean;
}

async function post(request: Request): Promise<{ status: number; body: Record<string, unknown> }> {
  const { answer } = await receptionOf(request);
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown> };
}

async function receptionOf(request: Request, remainingMs = 30_000): Promise<Reception> {
  const { method = 'POST', path = '/segment', body = '', headers = {}, base64 = false } = request;
  const event = {
    version: '2.0',
    rawPath: path,
    headers,
    requestContext: { http: { method, path } },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  };
  return await receive(event, remainingMs, dependencies);
}

function signed(payload: SignRequestOptions['payload'], options: Partial<SignRequestOptions> = {}): Request {
  const { body, headers } = signSegmentRequest({ payload, secret, ...options });
  return { body, headers };
}

/** The runs in the intake queue. */
async function queuedRuns(queueUrl = queueUrls.intake): Promise<readonly RunMessage[]> {
  return (await drain(world.clients.sqs, queueUrl)).map(({ Body = '' }) => parseRunMessage(Body));
}

const accepted = { received: 1, queued: 1, duplicates: 0, ignored: 0, invalid: 0 };

describe('a request is answered', () => {
  it('200 with the counts when its events are queued, by POST, PUT and PATCH', async () => {
    for (const method of ['POST', 'PUT', 'PATCH']) {
      expect(await post({ ...signed(upgraded()), method })).toEqual({ status: 200, body: accepted });
    }
    expect(await queuedRuns()).toHaveLength(3);
  });

  it('200 in each of the three signature forms', async () => {
    const legacy = { header: 'x-signature', bearerToken } as const;
    expect(await post(signed(upgraded(), { header: 'x-signature' }))).toMatchObject({ status: 200 });
    expect(await post(signed([upgraded(), upgraded()], legacy))).toMatchObject({ body: { queued: 2 } });
    expect(await post(signed([upgraded(), upgraded()]))).toMatchObject({ body: { queued: 2 } });
  });

  it('200 when the body came in base64', async () => {
    expect(await post({ ...signed(upgraded({ name: 'Zoë' })), base64: true })).toMatchObject({ status: 200 });
  });

  it('401 when the signature is missing, wrong, or came twice', async () => {
    const { body = '', headers } = signed(upgraded());
    const twice = { 'x-segment-signature': Array(2).fill(headers?.['x-segment-signature']).join(',') };
    expect(await post({ body, headers: {} })).toMatchObject({ status: 401 });
    expect(await post({ body, headers: twice })).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('more than once') },
    });
    expect(await post(signed(upgraded(), { secret: 'another' }))).toMatchObject({
      status: 401,
      body: { detail: expect.stringContaining('Shared Secret') },
    });
    expect(await queuedRuns()).toEqual([]);
  });

  it('401 when only the first event of a batch is signed, naming the setting to turn on', async () => {
    expect(await post(signed([upgraded(), upgraded()], { header: 'x-signature' }))).toEqual({
      status: 401,
      body: { detail: expect.stringContaining('Use X-Segment-Signature Header') },
    });
  });

  it('400 when the body is empty, not JSON, not an event, or an empty batch', async () => {
    const raw = async (body: string): Promise<number> => {
      const { segmentSignature } = await import('../../functions/sources/segment/source.ts');
      return (await post({ body, headers: { 'x-segment-signature': segmentSignature(body, secret) } }))
        .status;
    };
    expect(await post({})).toMatchObject({ status: 400 });
    for (const body of ['{', '[]', '"text"', '5', 'null', '[1,null]', '{}', '[{"type":"nonsense"}]']) {
      expect([body, await raw(body)]).toEqual([body, 400]);
    }
  });

  it('413 when the body is over the limit', async () => {
    dependencies = { ...dependencies, settings: { ...dependencies.settings, maxBodyBytes: 100 } };
    expect(await post(signed(upgraded({ name: 'x'.repeat(200) })))).toEqual({
      status: 413,
      body: { detail: expect.stringContaining('100 bytes') },
    });
  });

  it('400, 404, 405 or 413 though Segment signed it, and the log says so because its events are lost', async () => {
    const signedOne = signed(upgraded());
    const legacyBatch = signed([upgraded(), upgraded()], { header: 'x-signature' });
    const refused: readonly [number, Request][] = [
      [400, signed({ type: 'nonsense' })],
      [400, signed([])],
      [404, { ...signedOne, path: '/' }],
      [404, { ...legacyBatch, path: '/segments' }],
      [405, { ...signedOne, method: 'DELETE' }],
      [413, signed(upgraded({ name: 'x'.repeat(1_000) }))],
    ];
    dependencies = { ...dependencies, settings: { ...dependencies.settings, maxBodyBytes: 900 } };
    for (const [status, request] of refused) {
      expect(await receptionOf(request)).toMatchObject({
        answer: { statusCode: status },
        signature: 'right',
      });
      for (const headers of [{}, { 'x-segment-signature': '0'.repeat(40) }, { 'x-signature': 'spoof' }]) {
        expect((await receptionOf({ ...request, headers })).signature).not.toBe('right');
      }
    }
  });

  it('405 by any other method, and 404 at any other path', async () => {
    expect(await post({ ...signed(upgraded()), method: 'GET' })).toMatchObject({ status: 405 });
    for (const path of ['/', '/segments', '/segment/a/b', '/segment/..%2f', '/sendgrid']) {
      expect([path, (await post({ ...signed(upgraded()), path })).status]).toEqual([path, 404]);
    }
  });

  it('503 when the secret has never been read', async () => {
    const fetch = (): Promise<never> => Promise.reject(new Error('down'));
    dependencies = { ...dependencies, sources: segmentWith(secretOf(fetch)) };
    expect(await post(signed(upgraded()))).toEqual({
      status: 503,
      body: { detail: "Segment's secret is not configured or cannot be read: try again" },
    });
  });

  it('503 when the queue does not take some of its events, and the retry queues only those', async () => {
    const batchEvents = ['first', 'second', 'third'].map((name) => upgraded({ name }));
    const batch = signed(batchEvents);
    const client = await newQueueClient(world);
    let isInTrouble = true;
    refuseSomeOfBatch(client, (body) => (isInTrouble && body.includes('second') ? 'refused' : undefined));
    stores = {
      ...stores,
      queue: new RunQueue(client, queueUrls, (error) => troubles.push(error)),
    };
    const { answer, outcome } = await receptionOf(batch);
    expect(answer.statusCode).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({
      detail: 'The queue did not take 1 of 3 events: try again',
    });
    expect([outcome?.queued.length, outcome?.unsent.length]).toEqual([2, 1]);
    const claims = await Promise.all(batchEvents.map((event) => world.item(claimKeyOf(event))));
    expect(claims.map((claim) => claim?.state)).toEqual(['queued', undefined, 'queued']);
    expect(troubles).toHaveLength(1);
    isInTrouble = false;
    expect(await post(batch)).toMatchObject({ status: 200, body: { queued: 1, duplicates: 2 } });
    expect((await queuedRuns()).map(({ event }) => event.name).sort()).toEqual(['first', 'second', 'third']);
  });

  it("503 when the queue does not take one of an event's two runs, and the retry queues both", async () => {
    const request = signed([upgraded({ properties: { vip: true } })]);
    const client = await newQueueClient(world);
    refuseSomeOfBatch(client, (body) => (body.includes('"vip-upgraded"') ? 'refused' : undefined));
    const { queue } = stores;
    stores = {
      ...stores,
      queue: new RunQueue(client, queueUrls, (error) => troubles.push(error)),
    };
    expect(await post(request)).toEqual({
      status: 503,
      body: { detail: 'The queue did not take 1 of 1 events: try again' },
    });
    stores = { ...stores, queue };
    expect(await post(request)).toMatchObject({ status: 200, body: { queued: 1 } });
    const runs = (await queuedRuns()).map(({ trigger }) => trigger).sort();
    // The runner knows a run that is queued twice by its id.
    expect(runs).toEqual(['upgraded', 'upgraded', 'vip-upgraded']);
  });

  it.each([
    ['its own time', { answerWithinMs: 500 }, 10_000],
    ['the time of the invocation, with half a second to spare', { answerWithinMs: 30_000 }, 1_000],
  ])(
    '503 when the queue takes longer than %s, and its claims are released for the retry',
    async (_what, times, remainingMs) => {
      const one = signed(upgraded());
      const many = signed([upgraded(), upgraded()]);
      const { queue } = stores;
      const client = await newQueueClient(world);
      delayCommands(client, 1_000);
      const slow = new RunQueue(client, queueUrls, (error) => troubles.push(error));
      dependencies = { ...dependencies, ...times };
      stores = { ...stores, queue: slow };
      for (const request of [one, many]) {
        const { answer } = await receptionOf(request, remainingMs);
        expect(answer.statusCode).toBe(503);
      }
      expect(await queuedRuns()).toEqual([]);
      stores = { ...stores, queue };
      expect(await post(one)).toMatchObject({ status: 200, body: { queued: 1 } });
      expect(await post(many)).toMatchObject({ status: 200, body: { queued: 2 } });
    },
  );

  it('503 when the ledger takes all the time: its events count as not claimed', async () => {
    const client = await newClient(world);
    delayCommands(client, 1_000);
    const claims = new Claims(new LedgerTable(client, world.table), (error) => troubles.push(error));
    dependencies = { ...dependencies, answerWithinMs: 500 };
    stores = { ...stores, claims };
    const { answer, outcome } = await receptionOf(signed(upgraded()));
    expect(answer.statusCode).toBe(503);
    expect(outcome).toMatchObject({ bypassed: 1 });
  });

  it('503 when the queue is down, and its claims are released for the retry', async () => {
    const healthy = stores.queue;
    stores = {
      ...stores,
      queue: new RunQueue(unreachable(SQSClient), queueUrls, () => undefined),
    };
    const one = signed(upgraded());
    const many = signed([upgraded(), upgraded(), upgraded()]);
    expect(await post(one)).toMatchObject({ status: 503 });
    expect(await post(many)).toMatchObject({ status: 503 });
    stores = { ...stores, queue: healthy };
    expect(await post(one)).toMatchObject({ status: 200, body: { queued: 1 } });
    expect(await post(many)).toMatchObject({ status: 200, body: { queued: 3 } });
    expect(await queuedRuns()).toHaveLength(4);
  });

  it('503 while another request holds the claim for longer than a second, and the other events are queued nevertheless', async () => {
    const contested = upgraded();
    const others = [upgraded(), upgraded()];
    await holdClaim(contested);
    const pauses: number[] = [];
    const sleep = async (ms: number): Promise<void> => void pauses.push(ms);
    dependencies = { ...dependencies, sleep };
    expect(await post(signed(contested))).toMatchObject({ status: 503 });
    expect(pauses.length).toBeGreaterThan(3);
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(1_000);
    expect(await post(signed([contested, ...others]))).toEqual({
      status: 503,
      body: { detail: 'Another request is queueing 1 of 3 events: try again' },
    });
    expect(await queuedRuns()).toHaveLength(2);
    dependencies = { ...dependencies, now: () => nowMs + 12_001 };
    expect(await post(signed([contested, ...others]))).toEqual({
      status: 200,
      body: { received: 3, queued: 1, duplicates: 2, ignored: 0, invalid: 0 },
    });
  });

  it('200 when the request that holds the claim queues the event within a second', async () => {
    const contested = upgraded();
    await holdClaim(contested);
    const sleep = (): Promise<void> =>
      stores.claims.markQueued([claimKeyOf(contested)], claimOptions('another request'));
    dependencies = { ...dependencies, sleep };
    expect(await post(signed([contested, upgraded()]))).toMatchObject({
      status: 200,
      body: { queued: 1, duplicates: 1 },
    });
    expect(await queuedRuns()).toHaveLength(1);
  });

  it('200 when the request that holds the claim fails within a second: this one queues the event', async () => {
    const contested = upgraded();
    await holdClaim(contested);
    const sleep = (): Promise<void> =>
      stores.claims.release([claimKeyOf(contested)], claimOptions('another request'));
    dependencies = { ...dependencies, sleep };
    expect(await post(signed(contested))).toEqual({ status: 200, body: accepted });
    expect(await queuedRuns()).toHaveLength(1);
  });

  it('503 at once when another request holds the claim and there is no time left to wait', async () => {
    const contested = upgraded();
    await holdClaim(contested);
    const sleep = (): Promise<void> => Promise.reject(new Error('it must not wait'));
    dependencies = { ...dependencies, sleep, answerWithinMs: 1_000 };
    expect(await post(signed(contested))).toMatchObject({ status: 503 });
  });

  it('200 without a claim when the ledger is down, because the runner recognises its runs', async () => {
    const claims = new Claims(new LedgerTable(unreachable(DynamoDBClient), world.table), (error) =>
      troubles.push(error),
    );
    stores = { ...stores, claims };
    expect(await post(signed(upgraded()))).toEqual({ status: 200, body: accepted });
    expect(await post(signed([upgraded(), upgraded()]))).toMatchObject({ body: { queued: 2 } });
    expect(await queuedRuns()).toHaveLength(3);
    expect(troubles.length).toBeGreaterThan(0);
  });
});

describe('an event that is queued', () => {
  it('is claimed until its invocation ends, and remembered for the dedupe window', async () => {
    const event = upgraded();
    await post(signed(event));
    expect(await world.item(claimKeyOf(event))).toEqual({
      pk: claimKeyOf(event),
      state: 'queued',
      owner: expect.stringMatching(/^[0-9a-f-]{36}$/),
      leaseUntilMs: nowMs + 30_000 + 2_000,
      expiresAt: (nowMs + 7 * dayMs) / 1000,
    });
  });

  it('has a claim with an owner of its own for each request, so that a late request changes nothing of another', async () => {
    const [first, second] = [upgraded(), upgraded()];
    await post(signed(first));
    await post(signed(second));
    const owners = await Promise.all(
      [first, second].map(async (event) => await world.item(claimKeyOf(event))),
    );
    expect(new Set(owners.map((item) => item?.owner)).size).toBe(2);
  });
});

describe('what the log gets of a request', () => {
  it('is its counts, and what became of each event, by route', async () => {
    const [first, second] = [upgraded(), upgraded()];
    const elements = [first, second, first, ignoredEvent(), { type: 'nonsense' }];
    const { answer, ...told } = await receptionOf({ ...signed(elements), path: '/segment/web' });
    expect(told).toEqual({
      source: 'segment',
      route: 'web',
      signature: 'right',
      counts: { received: 5, queued: 2, duplicates: 1, ignored: 1, invalid: 1, stale: 0, sampledOut: 0 },
      invalid: [{ index: 4, problem: expect.stringContaining('type') }],
      repeated: [expect.objectContaining({ triggers: ['upgraded'] })],
      runsSampledOut: 0,
      failedCancelKeys: [],
      outcome: {
        queued: [expect.objectContaining({ triggers: ['upgraded'] }), expect.anything()],
        duplicates: [],
        busy: [],
        unsent: [],
        bypassed: 0,
        toBulk: 0,
      },
    });
  });

  it('is why it was refused', async () => {
    const wrong = await receptionOf(signed(upgraded(), { secret: 'another' }));
    expect(wrong).toMatchObject({
      source: 'segment',
      route: 'default',
      detail: expect.stringContaining('Shared'),
    });
    expect(await receptionOf({ path: '/elsewhere' })).toMatchObject({
      detail: expect.stringContaining('post to'),
    });
  });

  it('is the problem of the first element when no element is an event', async () => {
    const { answer, detail, invalid } = await receptionOf(signed([{}, { type: 'nonsense' }]));
    expect(answer.statusCode).toBe(400);
    expect(detail).toMatch(
      /^There is no Segment event in the body: .*type.*; check the mapping's Data field$/,
    );
    expect(invalid).toHaveLength(2);
  });

  it('is empty for events that no trigger wants', async () => {
    const { outcome } = await receptionOf(signed(ignoredEvent()));
    expect(outcome).toEqual({ queued: [], duplicates: [], busy: [], unsent: [], bypassed: 0, toBulk: 0 });
  });
});

describe('events', () => {
  it('start one run for each trigger that wants them', async () => {
    expect(await post(signed(upgraded({ properties: { vip: true } })))).toEqual({
      status: 200,
      body: accepted,
    });
    const runs = await queuedRuns();
    expect(runs.map(({ trigger }) => trigger).sort()).toEqual(['upgraded', 'vip-upgraded']);
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(2);
    expect(runs[0]).toMatchObject({
      source: 'segment',
      route: 'default',
      receivedAtMs: nowMs,
      deadlineAtMs: nowMs + 4 * dayMs,
      event: { userId: 'u-1', properties: { vip: true } },
    });
  });

  it("beyond their trigger's share of the intake queue go to the bulk queue, and the first ones do not", async () => {
    const large = Array.from({ length: 25 }, () => upgraded());
    const vip = upgraded({ properties: { vip: true } });
    const { outcome } = await receptionOf(signed([...large, vip]));
    expect(outcome).toMatchObject({ queued: { length: 26 }, unsent: [], toBulk: 16 });
    const intake = await queuedRuns();
    expect(intake.filter(({ trigger }) => trigger === 'vip-upgraded')).toHaveLength(1);
    const idsOf = (runs: readonly RunMessage[]): readonly unknown[] =>
      runs
        .filter(({ trigger }) => trigger === 'upgraded')
        .map(({ messageId }) => messageId)
        .sort();
    const sent = [...large, vip].map(({ messageId }) => messageId);
    expect(idsOf(intake)).toEqual(sent.slice(0, 10).sort());
    expect(idsOf(await queuedRuns(queueUrls.bulk))).toEqual(sent.slice(10).sort());
  });

  it("that are duplicates take nothing of their trigger's share", async () => {
    const known = Array.from({ length: 8 }, () => upgraded());
    await post(signed(known));
    for (const batch of [known, known, [...known, upgraded()]]) {
      expect(await post(signed(batch))).toMatchObject({ status: 200 });
    }
    expect(await queuedRuns()).toHaveLength(9);
    expect(await queuedRuns(queueUrls.bulk)).toEqual([]);
  });

  it('that cancel runs are claimed and queued for the runner, once', async () => {
    const event = upgraded({ event: 'plan_renewed', properties: { company: 'acme' } });
    expect(await post(signed(event))).toEqual({ status: 200, body: accepted });
    expect(await world.item(claimKeyOf(event))).toMatchObject({ state: 'queued' });
    expect(await post(signed([event, event]))).toMatchObject({ body: { queued: 0, duplicates: 2 } });
    const messages = await drain(world.clients.sqs, queueUrls.intake);
    expect(messages.map(({ Body = '' }) => parseQueueMessage(Body))).toEqual([
      {
        version: 1,
        kind: 'cancel',
        trigger: 'win-back',
        source: 'segment',
        route: 'default',
        messageId: event.messageId,
        key: cancelKey('win-back', 'acme'),
        atMs: nowMs,
        expiresAtMs: nowMs + 4 * dayMs,
      },
    ]);
  });

  it('whose cancellation the queue does not take are answered 503, and the retry sends it', async () => {
    const request = signed([
      upgraded({ event: 'plan_renewed', properties: { company: 'acme' } }),
      upgraded(),
    ]);
    const client = await newQueueClient(world);
    refuseSomeOfBatch(client, (body) => (body.includes('"cancel"') ? 'refused' : undefined));
    const { queue } = stores;
    stores = {
      ...stores,
      queue: new RunQueue(client, queueUrls, (error) => troubles.push(error)),
    };
    expect(await post(request)).toMatchObject({ status: 503 });
    stores = { ...stores, queue };
    expect(await post(request)).toMatchObject({ status: 200, body: { queued: 1, duplicates: 1 } });
    expect(await drain(world.clients.sqs, queueUrls.intake)).toHaveLength(2);
  });

  it('whose `per` function throws are answered 200, and the log counts them without their data', async () => {
    const broken = upgraded({ event: 'plan_renewed', properties: { company: 'broken' } });
    const { answer, failedCancelKeys } = await receptionOf(signed([broken, upgraded()]));
    expect(JSON.parse(answer.body)).toEqual({ ...accepted, received: 2, ignored: 1 });
    expect(failedCancelKeys).toEqual([
      { trigger: 'win-back', count: 1, at: expect.stringContaining('keyOfCompany') },
    ]);
    expect(await queuedRuns()).toHaveLength(1);
  });

  it('are ignored when no trigger wants them, without loading the clients of ledger and queue', async () => {
    let loads = 0;
    dependencies = {
      ...dependencies,
      ledgerAndQueue: async () => {
        loads += 1;
        return stores;
      },
    };
    const refused = signed(upgraded(), { secret: 'another secret' });
    expect(await post(signed([ignoredEvent(), ignoredEvent()]))).toEqual({
      status: 200,
      body: { received: 2, queued: 0, duplicates: 0, ignored: 2, invalid: 0 },
    });
    expect(await post(refused)).toMatchObject({ status: 401 });
    expect(loads).toBe(0);
    expect(await post(signed([ignoredEvent(), upgraded()]))).toMatchObject({ status: 200 });
    expect(loads).toBe(1);
  });

  it('are answered 503 while the clients of ledger and queue cannot be loaded, and queued after', async () => {
    const events = [upgraded(), ignoredEvent()];
    const { ledgerAndQueue } = dependencies;
    dependencies = { ...dependencies, ledgerAndQueue: async () => undefined };
    expect(await post(signed(events))).toEqual({
      status: 503,
      body: { detail: 'The receiver cannot load a part of itself: its log has the reason; try again' },
    });
    dependencies = { ...dependencies, ledgerAndQueue };
    expect(await post(signed(events))).toMatchObject({ status: 200, body: { queued: 1, ignored: 1 } });
  });

  it('are duplicates when they come again, alone or in any batch', async () => {
    const [first, second] = [upgraded(), upgraded()];
    await post(signed([first, second]));
    expect(await post(signed(second))).toMatchObject({ body: { queued: 0, duplicates: 1 } });
    expect(await post(signed([second, upgraded(), first]))).toMatchObject({
      body: { queued: 1, duplicates: 2 },
    });
    expect(await queuedRuns()).toHaveLength(3);
  });

  it('are not duplicates on another route: each mapping sends its own copy', async () => {
    const event = upgraded();
    await post(signed(event));
    expect(await post({ ...signed(event), path: '/segment/other' })).toMatchObject({ body: { queued: 1 } });
  });

  it('go to the triggers of their route', async () => {
    const page = { ...upgraded(), type: 'page' };
    expect(await post(signed(page))).toMatchObject({ body: { ignored: 1 } });
    expect(await post({ ...signed(page), path: '/segment/web' })).toMatchObject({ body: { queued: 1 } });
  });

  it('without a message id are recognised by their content', async () => {
    const event = { type: 'track', event: 'plan_upgraded', properties: { b: 1, a: events } };
    const reordered = { properties: { a: events, b: 1 }, event: 'plan_upgraded', type: 'track' };
    expect(await post(signed(event))).toMatchObject({ body: { queued: 1 } });
    expect(await post(signed(reordered))).toMatchObject({ body: { duplicates: 1 } });
    expect(await post(signed({ ...event, userId: 'u-2' }))).toMatchObject({ body: { queued: 1 } });
  });

  it('that are invalid do not affect the others of a batch', async () => {
    const batch = [upgraded(), null, { type: 'nonsense' }, ignoredEvent(), { ...upgraded(), properties: [] }];
    expect(await post(signed(batch))).toEqual({
      status: 200,
      body: { received: 5, queued: 1, duplicates: 0, ignored: 1, invalid: 3 },
    });
  });

  it('in no sample of the triggers that want them are counted, and leave no claim and no message', async () => {
    const event = upgraded({ event: 'page_scrolled' });
    const body = { ...accepted, queued: 0, sampledOut: 1 };
    expect(await post(signed(event))).toEqual({ status: 200, body });
    expect(await world.item(claimKeyOf(event))).toBeUndefined();
    expect(await queuedRuns()).toEqual([]);
  });

  it('older than the dedupe window start nothing, unless replays are accepted', async () => {
    const old = upgraded({ receivedAt: '2026-11-13T11:59:59.999Z', timestamp: '2026-11-20T11:00:00Z' });
    expect(await post(signed(old))).toMatchObject({ status: 200, body: { queued: 0, stale: 1 } });
    dependencies = { ...dependencies, settings: { ...dependencies.settings, acceptReplays: true } };
    expect(await post(signed(old))).toMatchObject({ body: { queued: 1 } });
  });

  it('with characters that SQS refuses are queued nevertheless', async () => {
    expect(await post(signed(upgraded({ name: 'a\uFFFEb\uFFFF\u0000\uD800' })))).toMatchObject({
      status: 200,
    });
    expect((await queuedRuns())[0]?.event.name).toBe('a\uFFFEb\uFFFF\u0000\uD800');
  });
});

describe('a forged element after a signed one', () => {
  it('is not accepted with the signature of the first', async () => {
    const genuine = upgraded();
    const { headers } = signed(genuine, { header: 'x-signature' });
    const body = JSON.stringify([genuine, upgraded()]);
    expect(await post({ body, headers: headers ?? {} })).toMatchObject({ status: 401 });
    expect(await queuedRuns()).toEqual([]);
  });
});

describe('a rotated secret', () => {
  it('is fetched early for a signature that matches none, at most once a minute', async () => {
    await post(signed(upgraded()));
    credentials = { sharedSecret: ['rotated'], bearerToken: [] };
    expect(await post(signed(upgraded(), { secret: 'rotated' }))).toMatchObject({ status: 200 });
    credentials = { sharedSecret: ['rotated again'], bearerToken: [] };
    expect(await post(signed(upgraded(), { secret: 'rotated again' }))).toMatchObject({ status: 401 });
  });
});

describe('a secret that became unreadable', () => {
  it.each([
    ['a list typed as a string', { sharedSecret: `["new","${secret}"]` }],
    ['a mask', { sharedSecret: ['••••••••6354', secret] }],
  ])(
    '%s: the value in use stays, and a signature that does not fit it is answered 503',
    async (_what, json) => {
      let stored: unknown = { sharedSecret: secret };
      const segmentSecret = secretOf(async () => parseSegmentCredentials(stored));
      dependencies = { ...dependencies, sources: segmentWith(segmentSecret) };
      expect(await post(signed(upgraded()))).toMatchObject({ status: 200 });
      stored = json;
      expect(await post(signed(upgraded(), { secret: 'new' }))).toMatchObject({ status: 503 });
      expect(await post(signed(upgraded()))).toMatchObject({ status: 200 });
    },
  );

  it('is answered 503 by a receiver that has never read it: Segment keeps the events', async () => {
    const segmentSecret = secretOf(async () => parseSegmentCredentials({ sharedSecret: '["new","old"]' }));
    dependencies = { ...dependencies, sources: segmentWith(segmentSecret) };
    expect(await post(signed(upgraded(), { secret: 'new' }))).toMatchObject({ status: 503 });
  });
});

describe('under load', () => {
  it('200 deliveries of one event at once queue one run, and all are answered 200', async () => {
    const event = upgraded();
    // On a busy machine the first of them may hold the claim for longer than all pauses together.
    const sleep = async (): Promise<void> => {
      do {
        await setTimeout(200);
      } while ((await world.item(claimKeyOf(event)))?.state === 'claiming');
    };
    dependencies = { ...dependencies, sleep };
    const request = signed(event);
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(request)));
    expect(answers.filter(({ body }) => body.queued === 1)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await queuedRuns()).toHaveLength(1);
    expect(await post(request)).toMatchObject({ status: 200, body: { duplicates: 1 } });
  });

  it('a batch of 1,000 with 10 % duplicates queues exactly 900 runs', async () => {
    const unique = Array.from({ length: 900 }, () => upgraded());
    const batch = [...unique, ...unique.slice(0, 100)];
    expect(await post(signed(batch))).toEqual({
      status: 200,
      body: { received: 1000, queued: 900, duplicates: 100, ignored: 0, invalid: 0 },
    });
    const runs = [...(await queuedRuns()), ...(await queuedRuns(queueUrls.bulk))];
    expect(runs).toHaveLength(900);
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(900);
    expect(troubles).toEqual([]);
    expect(await post(signed(batch))).toMatchObject({ body: { queued: 0, duplicates: 1000 } });
  });
});

describe('a `delete` event', () => {
  const deleteEvent = (userId: string): Record<string, unknown> => ({ type: 'delete', userId });

  async function requests(): Promise<readonly string[]> {
    const ledger = new LedgerTable(world.clients.dynamodb, world.table);
    return (await readForgetRequests(ledger)).map(({ userId }) => userId).sort();
  }

  afterEach(async () => {
    for (const userId of await requests()) {
      await world.forget(forgetRequest(userId, nowMs).pk?.S ?? '');
    }
  });

  function honourDeletes(client = world.clients.dynamodb): void {
    const { settings } = dependencies;
    dependencies = { ...dependencies, settings: { ...settings, honourDeletes: true } };
    const table = new LedgerTable(client, world.table);
    stores = { ...stores, forgetRequests: new ForgetRequests(table, (error) => troubles.push(error)) };
  }

  it('is only ignored unless the operator honours it', async () => {
    expect(await post(signed(deleteEvent('u-9')))).toMatchObject({ status: 200, body: { ignored: 1 } });
    expect(await requests()).toEqual([]);
  });

  it('is recorded once for each user, beside the events of the request', async () => {
    honourDeletes();
    const batch = [deleteEvent('u-7'), upgraded(), deleteEvent('u-8'), deleteEvent('u-7')];
    expect(await post(signed(batch))).toMatchObject({ status: 200, body: { queued: 1, ignored: 3 } });
    await post(signed(deleteEvent('u-7')));
    expect(await requests()).toEqual(['u-7', 'u-8']);
  });

  it('is answered 503 if it cannot be recorded, with nothing queued', async () => {
    honourDeletes(unreachable(DynamoDBClient));
    expect(await post(signed([upgraded(), deleteEvent('u-7')]))).toMatchObject({
      status: 503,
      body: { detail: 'A request to forget a user could not be recorded: try again' },
    });
    expect(troubles).toHaveLength(1);
    expect(await queuedRuns()).toEqual([]);
  });
});

function unreachable<Client>(
  client: new (settings: {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  }) => Client,
): Client {
  return new client({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
}

function claimKeyOf(event: Record<string, unknown>): string {
  const messageId = String(event.messageId);
  const identity = { source: 'segment', route: 'default', messageId, element: event } as const;
  return claimKey(identity, messageKey(identity));
}

/** Leaves the claim on an event as another request does that has not queued its run yet. */
async function holdClaim(event: Record<string, unknown>): Promise<void> {
  await stores.claims.claim([claimKeyOf(event)], claimOptions('another request'));
}

function claimOptions(owner: string): ClaimOptions {
  return {
    owner,
    nowMs,
    leaseUntilMs: nowMs + 12_000,
    expiresAtSeconds: (nowMs + 7 * dayMs) / 1000,
    signal: AbortSignal.timeout(10_000),
  };
}
