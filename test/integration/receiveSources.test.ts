import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askMave, defineTriggers, signSegOpsRequest, signSendGridRequest } from '../../functions/index.ts';
import { Claims } from '../../functions/ledger/claims.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import { RunQueue } from '../../functions/queue/runQueue.ts';
import { type OpenSource, openSource } from '../../functions/receive/openSource.ts';
import { receive } from '../../functions/receive/receive.ts';
import type { ReceiverDependencies } from '../../functions/receive/receiverDependencies.ts';
import { CachedSecret } from '../../functions/secrets/cachedSecret.ts';
import { createSource as createSegOps } from '../../functions/sources/segops/source.ts';
import { signatureHeader } from '../../functions/sources/sendgrid/authenticate.ts';
import { createSource as createSendGrid } from '../../functions/sources/sendgrid/source.ts';
import type { Source } from '../../functions/sources/source.ts';
import { compileTriggers } from '../../functions/triggers/matchTriggers.ts';
import { otherSignature } from '../../lab/prove/otherSignature.ts';
import { drain, startWorld, type World } from './world.ts';

const dayMs = 86_400_000;
const startMs = Date.parse('2026-11-20T12:00:00Z');
const webhookSecret = 'webhook secret';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const run = askMave(() => ({ message: 'Why?' }));

const triggers = defineTriggers([
  { name: 'clicked', source: 'sendgrid', when: 'event = "Email Link Clicked"', run },
  { name: 'recomputed', source: 'segops', when: 'properties.member_count > 1000', run },
  { name: 'any-segment-event', when: 'type = "track"', run },
]);

let world: World;
let intake: string;
let dependencies: ReceiverDependencies;
let nowMs: number;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  nowMs = startMs;
  intake = await world.newQueue();
  const sendgrid = createSendGrid({ userIdArgument: 'user_id' });
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  dependencies = {
    settings: {
      maxBodyBytes: 5_242_880,
      dedupeWindowMs: 7 * dayMs,
      runDeadlineMs: 4 * dayMs,
      acceptReplays: false,
    },
    answerWithinMs: 30_000,
    sources: new Map([
      ['sendgrid', opened(sendgrid, { publicKey: spki, addressKey: 'a key for addresses' })],
      ['segops', opened(createSegOps(), { webhookSecret })],
    ]),
    claims: new Claims(new LedgerTable(world.clients.dynamodb, world.table), fail),
    queue: new RunQueue(world.clients.sqs, { intake, bulk: intake }, fail),
    now: () => nowMs,
    random: () => 0,
    sleep: async () => undefined,
  };
});

function fail(error: unknown): void {
  throw error;
}

function opened<Credentials>(source: Source<Credentials>, json: object): OpenSource {
  const secret = new CachedSecret({
    fetch: async () => source.parseCredentials(json),
    now: () => nowMs,
    onTrouble: fail,
    maxAgeMs: 300_000,
    earlyRefreshEveryMs: 60_000,
    retryEveryMs: 10_000,
  });
  return openSource(source, secret, compileTriggers(triggers, source.name));
}

interface Posted {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function post(path: string, { body, headers }: Posted): Promise<{ status: number; body: object }> {
  const event = { rawPath: path, headers, requestContext: { http: { method: 'POST' } }, body };
  const { answer } = await receive(event, 30_000, dependencies);
  return { status: answer.statusCode, body: JSON.parse(answer.body) as object };
}

async function queuedRuns(): Promise<readonly RunMessage[]> {
  return (await drain(world.clients.sqs, intake)).map(({ Body = '' }) => parseRunMessage(Body));
}

let clicks = 0;
function click(more: object = {}): Record<string, unknown> {
  clicks += 1;
  const url = 'https://example.com/pricing';
  const known = { email: 'jane@example.com', sg_event_id: `click-${clicks}`, timestamp: startMs / 1000 };
  return { ...known, event: 'click', url, ...more };
}

function bySendGrid(...events: readonly object[]): Posted {
  return signSendGridRequest({ events, privateKey, signedAtMs: startMs });
}

describe('a post of SendGrid', () => {
  it('queues a run for each event that a trigger of the source wants', async () => {
    const clicked = click({ user_id: 'u-7' });
    const answer = await post('/sendgrid', bySendGrid(clicked, click({ event: 'open' })));
    expect(answer).toEqual({
      status: 200,
      body: { received: 2, queued: 1, duplicates: 0, ignored: 1, invalid: 0 },
    });
    expect(await queuedRuns()).toMatchObject([
      {
        source: 'sendgrid',
        trigger: 'clicked',
        messageId: clicked.sg_event_id,
        event: { type: 'track', event: 'Email Link Clicked', userId: 'u-7', properties: clicked },
      },
    ]);
  });

  it('that is replayed is a duplicate for 25 hours, then it is refused', async () => {
    const request = bySendGrid(click());
    expect(await post('/sendgrid', request)).toMatchObject({ status: 200, body: { queued: 1 } });
    nowMs = startMs + 25 * 3_600_000;
    expect(await post('/sendgrid', request)).toMatchObject({ status: 200, body: { duplicates: 1 } });
    nowMs += 1_000;
    expect(await post('/sendgrid', request)).toMatchObject({ status: 401 });
    expect(await queuedRuns()).toHaveLength(1);
  });

  it('that is replayed with the other valid signature is a duplicate, also without sg_event_id', async () => {
    const request = bySendGrid(click(), click({ sg_event_id: undefined, ip: `${Math.random()}` }));
    expect(await post('/sendgrid', request)).toMatchObject({ status: 200, body: { queued: 2 } });
    const signature = otherSignature(request.headers[signatureHeader] ?? '');
    const again = { ...request, headers: { ...request.headers, [signatureHeader]: signature } };
    expect(await post('/sendgrid', again)).toMatchObject({ status: 200, body: { duplicates: 2 } });
  });

  it('starts nothing unsigned, wrongly signed, cut or serialised again', async () => {
    const { body, headers } = bySendGrid(click());
    const attempts: readonly Posted[] = [
      { body, headers: {} },
      { body, headers: bySendGrid(click()).headers },
      { body: body.slice(0, -1), headers },
      { body: JSON.stringify(JSON.parse(body)), headers },
    ];
    for (const attempt of attempts) {
      expect(await post('/sendgrid', attempt)).toMatchObject({ status: 401 });
    }
    expect(await queuedRuns()).toEqual([]);
  });
});

describe('a post of SegOps', () => {
  const recomputed = {
    event: 'segment.recomputed',
    tenant_slug: 'acme',
    segment_id: 42,
    member_count: 1842,
    computed_at: '2026-11-20T11:59:00Z',
  };

  it('queues a run, and a replay of it is a duplicate', async () => {
    const request = signSegOpsRequest(recomputed, webhookSecret);
    expect(await post('/segops', request)).toMatchObject({ status: 200, body: { queued: 1 } });
    expect(await post('/segops', request)).toMatchObject({ status: 200, body: { duplicates: 1 } });
    expect(await queuedRuns()).toMatchObject([
      { source: 'segops', trigger: 'recomputed', event: { event: 'Segment Recomputed' } },
    ]);
  });

  it('that is replayed after the dedupe window is stale', async () => {
    nowMs = startMs + 8 * dayMs;
    const request = signSegOpsRequest({ ...recomputed, segment_id: 43 }, webhookSecret);
    expect(await post('/segops', request)).toMatchObject({ status: 200, body: { stale: 1, queued: 0 } });
  });

  it('starts nothing unsigned, or signed with another secret', async () => {
    const { body } = signSegOpsRequest(recomputed, webhookSecret);
    expect(await post('/segops', { body, headers: {} })).toMatchObject({ status: 401 });
    expect(await post('/segops', signSegOpsRequest(recomputed, 'guess'))).toMatchObject({ status: 401 });
  });
});

it('a source that is not open is answered 404, also with the signature of another source', async () => {
  expect(await post('/segment', bySendGrid(click()))).toMatchObject({ status: 404 });
  expect(await post('/segops', bySendGrid(click()))).toMatchObject({ status: 401 });
});
