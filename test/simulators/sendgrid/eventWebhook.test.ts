import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventsDelivery } from '../../../simulators/sendgrid/postEvents.ts';
import { type ReceivedPost, useWebhookReceiver } from '../webhookReceiver.ts';
import { createWebhook, settings, signWebhook, useSendGrid } from './sendGrid.ts';

const signatureHeader = 'x-twilio-email-event-webhook-signature';
const timestampHeader = 'x-twilio-email-event-webhook-timestamp';
const opened = { event: 'open', email: 'jane@example.com', sg_event_id: 'one', timestamp: 1 };
const reported = { event: 'spamreport', email: 'jane@example.com', sg_event_id: 'two', timestamp: 2 };
const soon = { retry: { timeScale: 0 } };

/** As SendGrid documents it, without the code of the receiver. */
function isSigned({ headers, body }: ReceivedPost, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const signature = Buffer.from(String(headers[signatureHeader]), 'base64');
  return verify('sha256', Buffer.from(`${headers[timestampHeader]}${body}`), key, signature);
}

describe('the event webhook', () => {
  it('posts an array with \\r\\n after each event, signed over timestamp and raw body', async () => {
    const { sendgrid } = await useSendGrid({ now: () => 1_795_000_000_500 });
    const { url, posts } = await useWebhookReceiver(200);
    await sendgrid.postTo(url, [opened, reported]);
    expect(posts).toMatchObject([
      {
        body: `[${JSON.stringify(opened)},\r\n${JSON.stringify(reported)}]\r\n`,
        headers: { 'content-type': 'application/json', [timestampHeader]: '1795000000' },
      },
    ]);
    expect(posts.every((post) => isSigned(post, sendgrid.publicKey))).toBe(true);
  });

  it('posts to each webhook that is on the events that it wants, with its own key', async () => {
    const { sendgrid, call } = await useSendGrid();
    const [both, off, spam] = [
      await useWebhookReceiver(200),
      await useWebhookReceiver(200),
      await useWebhookReceiver(200),
    ];
    await createWebhook(call, both.url, { open: true, spam_report: true });
    await createWebhook(call, off.url, { open: true, enabled: false });
    const id = await createWebhook(call, spam.url, { spam_report: true });
    const publicKey = await signWebhook(call, id);
    await sendgrid.send([opened, reported]);
    expect(JSON.parse(both.posts[0]?.body ?? '')).toEqual([opened, reported]);
    expect(both.posts[0]?.headers).not.toHaveProperty(signatureHeader);
    expect(off.posts).toEqual([]);
    expect(JSON.parse(spam.posts[0]?.body ?? '')).toEqual([reported]);
    expect(spam.posts.every((post) => isSigned(post, publicKey))).toBe(true);
  });

  it.each([302, 400, 401, 404, 429, 500])('tries again after %i', async (status) => {
    const { sendgrid } = await useSendGrid();
    const { url, posts } = await useWebhookReceiver(status, status, 204);
    expect((await sendgrid.postTo(url, [opened], soon)).outcome).toBe('delivered');
    expect(posts).toHaveLength(3);
  });

  it('tries again when no answer comes', async () => {
    const { sendgrid } = await useSendGrid();
    const { outcome, attempts } = await sendgrid.postTo('http://127.0.0.1:9/', [opened], {
      retry: { timeScale: 0, maxAttempts: 2 },
    });
    expect(outcome).toBe('expired');
    expect(attempts).toMatchObject([{ error: expect.any(String) }, { error: expect.any(String) }]);
  });

  it('ends its attempts after 24 hours of its own time', async () => {
    const { sendgrid } = await useSendGrid();
    const { url } = await useWebhookReceiver(503);
    const { outcome, attempts } = await sendgrid.postTo(url, [opened], {
      retry: { timeScale: 0, random: () => 0.5 },
    });
    expect(outcome).toBe('expired');
    // 10 s, doubled up to an hour: nine waits of 85 minutes in all, then one an hour.
    expect(attempts.length).toBeGreaterThan(24);
    expect(attempts.length).toBeLessThan(36);
  });

  it.each([
    ['same', ['100', '100']],
    ['new', ['100', '101']],
  ] as const)('signs a further attempt with the %s timestamp', async (retryTimestamp, expected) => {
    let nowMs = 99_000;
    const { sendgrid } = await useSendGrid({
      now: () => {
        nowMs += 1_000;
        return nowMs;
      },
    });
    nowMs = 99_000;
    const { url, posts } = await useWebhookReceiver(503, 200);
    await sendgrid.postTo(url, [opened], { ...soon, retryTimestamp });
    const times = posts.map(({ headers }) => Number(headers[timestampHeader]));
    const [first = 0] = times;
    expect(times.map((time) => time - first)).toEqual(expected.map((time) => Number(time) - 100));
    expect(posts.every((post) => isSigned(post, sendgrid.publicKey))).toBe(true);
  });
});

describe('the test of an event webhook', () => {
  it('answers 204 and posts one event of each kind, signed with the key of the webhook', async () => {
    const { sendgrid, call } = await useSendGrid();
    const { url, posts } = await useWebhookReceiver(200);
    const id = await createWebhook(call, url);
    const publicKey = await signWebhook(call, id);
    expect((await call('POST', '/v3/user/webhooks/event/test', { url, id })).status).toBe(204);
    await expect.poll(() => sendgrid.testDeliveries()).toMatchObject([{ outcome: 'delivered' }]);
    const events = JSON.parse(posts[0]?.body ?? '') as readonly { event: string; sg_event_id: string }[];
    expect(events.map(({ event }) => event)).toContain('spamreport');
    expect(new Set(events.map(({ sg_event_id: eventId }) => eventId)).size).toBe(events.length);
    expect(posts.every((post) => isSigned(post, publicKey))).toBe(true);
  });

  it('is posted once, whatever the answer', async () => {
    const { sendgrid, call } = await useSendGrid();
    const { url, posts } = await useWebhookReceiver(503);
    expect((await call('POST', '/v3/user/webhooks/event/test', { url })).status).toBe(204);
    await expect.poll(() => sendgrid.testDeliveries()).toHaveLength(1);
    expect(posts).toHaveLength(1);
  });

  it('is refused for a URL that is not one, and for an unknown webhook', async () => {
    const { call } = await useSendGrid();
    expect((await call('POST', '/v3/user/webhooks/event/test', { url: 'example' })).status).toBe(400);
    expect((await call('POST', '/v3/user/webhooks/event/test', { url: settings, id: 'no' })).status).toBe(
      400,
    );
    const unknown = { url: 'https://example.com', id: 'no' };
    expect((await call('POST', '/v3/user/webhooks/event/test', unknown)).status).toBe(404);
  });
});

describe('the control endpoint for events', () => {
  it('posts events to a URL, and answers how it went', async () => {
    const { sendgrid } = await useSendGrid();
    const { url, posts } = await useWebhookReceiver(202);
    const send = async (body: object): Promise<Response> =>
      await fetch(`${sendgrid.baseUrl}/__simulator/events`, { method: 'POST', body: JSON.stringify(body) });
    expect(await (await send({ url, events: [opened] })).json()).toMatchObject({ posts: [{ status: 202 }] });
    expect(posts.every((post) => isSigned(post, sendgrid.publicKey))).toBe(true);
    expect((await send({ url })).status).toBe(400);
  });

  it('ends its posts when the simulator is stopped', async () => {
    const { sendgrid } = await useSendGrid();
    const { url, posts } = await useWebhookReceiver(503);
    const delivery: Promise<EventsDelivery> = sendgrid.postTo(url, [opened]);
    await expect.poll(() => posts).toHaveLength(1);
    await sendgrid.stop();
    expect((await delivery).outcome).toBe('stopped');
  });
});
