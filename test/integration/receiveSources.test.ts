import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askMave, defineTriggers, signSegOpsRequest, signSendGridRequest } from '../../functions/index.ts';
import { signatureHeader, timestampHeader } from '../../functions/sources/sendgrid/authenticate.ts';
import { otherSignature } from '../../lab/prove/otherSignature.ts';
import { officialVectors } from '../unit/sources/sendgrid/officialVectors.ts';
import {
  dayMs,
  newWebhookKey,
  type Posted,
  SourceReceiver,
  startMs,
  type WebhookKey,
  webhookSecret,
} from './sourceReceiver.ts';
import { startWorld, type World } from './world.ts';

const hourMs = 3_600_000;
const [oneWebhook, otherWebhook] = [newWebhookKey(), newWebhookKey()];
const addressKey = 'a key for addresses';
const run = askMave(() => ({ message: 'Why?' }));

const triggers = defineTriggers([
  { name: 'clicked', source: 'sendgrid', when: 'event = "Email Link Clicked"', run },
  { name: 'recomputed', source: 'segops', when: 'properties.member_count > 1000', run },
]);

let world: World;
let receiver: SourceReceiver;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  const publicKey = [oneWebhook.publicKey, otherWebhook.publicKey];
  receiver = await SourceReceiver.start(world, triggers, { sendgrid: { publicKey, addressKey } });
});

let clicks = 0;
function click(more: object = {}): Record<string, unknown> {
  clicks += 1;
  const url = 'https://example.com/pricing';
  const known = { email: 'jane@example.com', sg_event_id: `click-${clicks}`, timestamp: startMs / 1000 };
  return { ...known, event: 'click', url, ...more };
}

function bySendGrid(events: readonly object[], { privateKey }: WebhookKey = oneWebhook, agoMs = 0): Posted {
  return signSendGridRequest({ events, privateKey, signedAtMs: receiver.nowMs - agoMs });
}

const queued = { status: 200, body: { queued: 1 } };
const duplicate = { status: 200, body: { queued: 0, duplicates: 1 } };

describe('a post of SendGrid', () => {
  it('queues a run for each event that a trigger of the source wants', async () => {
    const clicked = click({ user_id: 'u-7' });
    const answer = await receiver.post('/sendgrid', bySendGrid([clicked, click({ event: 'open' })]));
    expect(answer).toEqual({
      status: 200,
      body: { received: 2, queued: 1, duplicates: 0, ignored: 1, invalid: 0 },
    });
    expect(await receiver.queuedRuns()).toMatchObject([
      {
        source: 'sendgrid',
        trigger: 'clicked',
        messageId: clicked.sg_event_id,
        event: { type: 'track', event: 'Email Link Clicked', userId: 'u-7', properties: clicked },
      },
    ]);
  });

  it('that is replayed is a duplicate for 25 hours, then it is refused', async () => {
    const request = bySendGrid([click()]);
    expect(await receiver.post('/sendgrid', request)).toMatchObject(queued);
    receiver.nowMs = startMs + 25 * hourMs;
    expect(await receiver.post('/sendgrid', request)).toMatchObject(duplicate);
    receiver.nowMs += 1_000;
    expect(await receiver.post('/sendgrid', request)).toMatchObject({ status: 401 });
    expect(await receiver.queuedRuns()).toHaveLength(1);
  });

  it('that is replayed with the other valid signature is a duplicate, also without sg_event_id', async () => {
    const request = bySendGrid([click(), click({ sg_event_id: undefined, ip: `${Math.random()}` })]);
    expect(await receiver.post('/sendgrid', request)).toMatchObject({ status: 200, body: { queued: 2 } });
    const signature = otherSignature(request.headers[signatureHeader] ?? '');
    expect(signature).not.toBe(request.headers[signatureHeader]);
    const again = { ...request, headers: { ...request.headers, [signatureHeader]: signature } };
    expect(await receiver.post('/sendgrid', again)).toMatchObject({
      status: 200,
      body: { queued: 0, duplicates: 2 },
    });
    expect(await receiver.queuedRuns()).toHaveLength(2);
  });

  it('is a duplicate when SendGrid signs it again later, or another webhook posts it', async () => {
    const event = click();
    expect(await receiver.post('/sendgrid', bySendGrid([event]))).toMatchObject(queued);
    receiver.nowMs += 20 * hourMs;
    expect(await receiver.post('/sendgrid', bySendGrid([event]))).toMatchObject(duplicate);
    expect(await receiver.post('/sendgrid', bySendGrid([event], otherWebhook))).toMatchObject(duplicate);
    expect(await receiver.queuedRuns()).toHaveLength(1);
  });

  it.each([
    ['24 hours ago', 24 * hourMs, 200],
    ['25 hours ago', 25 * hourMs, 200],
    ['more than 25 hours ago', 25 * hourMs + 1_000, 401],
    ['a week ago', 7 * dayMs, 401],
    ['5 minutes ahead', -300_000, 200],
    ['more than 5 minutes ahead', -301_000, 401],
    ['a day ahead', -dayMs, 401],
  ])('that was signed %s is answered %3$i', async (_when, agoMs, status) => {
    const answer = await receiver.post('/sendgrid', bySendGrid([click()], oneWebhook, agoMs));
    expect(answer.status).toBe(status);
    expect(await receiver.queuedRuns()).toHaveLength(status === 200 ? 1 : 0);
  });

  it('is accepted with the key of each webhook, and with a new key as soon as the secret has it', async () => {
    expect(await receiver.post('/sendgrid', bySendGrid([click()], oneWebhook))).toMatchObject(queued);
    expect(await receiver.post('/sendgrid', bySendGrid([click()], otherWebhook))).toMatchObject(queued);
    const third = newWebhookKey();
    expect(await receiver.post('/sendgrid', bySendGrid([click()], third))).toMatchObject({ status: 401 });
    receiver.secrets.sendgrid = { publicKey: [third.publicKey, oneWebhook.publicKey], addressKey };
    receiver.nowMs += 60_000;
    expect(await receiver.post('/sendgrid', bySendGrid([click()], third))).toMatchObject(queued);
    expect(await receiver.post('/sendgrid', bySendGrid([click()], oneWebhook))).toMatchObject(queued);
    expect(await receiver.post('/sendgrid', bySendGrid([click()], otherWebhook))).toMatchObject({
      status: 401,
    });
  });

  it.each(officialVectors)('of its official examples is accepted: $timestamp', async (vector) => {
    const { publicKey, signature, timestamp, body } = vector;
    const wants = { source: 'sendgrid', when: 'type = "track"', run } as const;
    receiver = await SourceReceiver.start(world, [{ name: 'any', ...wants }], {
      sendgrid: { publicKey, addressKey },
    });
    receiver.nowMs = Number(timestamp) * 1000;
    const posted = { body, headers: { [signatureHeader]: signature, [timestampHeader]: timestamp } };
    const { length } = JSON.parse(body) as readonly unknown[];
    expect(await receiver.post('/sendgrid', posted)).toMatchObject({ status: 200, body: { queued: length } });
    expect(await receiver.post('/sendgrid', posted)).toMatchObject({
      body: { queued: 0, duplicates: length },
    });
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
    expect(await receiver.post('/segops', request)).toMatchObject(queued);
    expect(await receiver.post('/segops', request)).toMatchObject(duplicate);
    expect(await receiver.queuedRuns()).toMatchObject([
      { source: 'segops', trigger: 'recomputed', event: { event: 'Segment Recomputed' } },
    ]);
  });

  it('of the same computation is a duplicate, whatever else it says', async () => {
    const first = { ...recomputed, segment_id: 44 };
    const again = { ...first, member_count: 1843, computed_at: '2026-11-20T12:59:00+01:00' };
    expect(await receiver.post('/segops', signSegOpsRequest(first, webhookSecret))).toMatchObject(queued);
    expect(await receiver.post('/segops', signSegOpsRequest(again, webhookSecret))).toMatchObject(duplicate);
  });

  it('that is replayed after the dedupe window is stale', async () => {
    receiver.nowMs = startMs + 8 * dayMs;
    const request = signSegOpsRequest({ ...recomputed, segment_id: 43 }, webhookSecret);
    expect(await receiver.post('/segops', request)).toMatchObject({
      status: 200,
      body: { stale: 1, queued: 0 },
    });
  });

  it('is accepted with each secret while it rotates', async () => {
    receiver.secrets.segops = { webhookSecret: ['new', 'old'] };
    for (const [at, secret] of ['new', 'old'].entries()) {
      const request = signSegOpsRequest({ ...recomputed, segment_id: 50 + at }, secret);
      expect(await receiver.post('/segops', request)).toMatchObject(queued);
    }
  });
});
