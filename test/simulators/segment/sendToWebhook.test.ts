import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendToWebhook } from '../../../simulators/segment/sendToWebhook.ts';
import { cut, silence, useWebhook } from './webhook.ts';

const secret = 'correct horse battery staple';
const event = {
  type: 'track',
  event: 'plan_upgraded',
  messageId: 'm-1',
  userId: 'u-1',
  note: 'é 😀 \u2028 \ud800',
};
const other = { ...event, messageId: 'm-2' };
const atOnce = { timeScale: 0 };

function hmac(signed: string): string {
  return createHmac('sha1', secret).update(Buffer.from(signed, 'utf8')).digest('hex');
}

describe('what is sent', () => {
  it('one event with X-Signature over the whole body', async () => {
    const { url, received } = await useWebhook(200);
    const { outcome, attempts } = await sendToWebhook({ url, payload: event, secret, form: 'single' });
    expect(outcome).toBe('delivered');
    expect(attempts).toMatchObject([{ payload: event, status: 200, answer: { status: 200 } }]);
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/segment',
      body: JSON.stringify(event),
      headers: {
        'user-agent': 'Segment (Actions)',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(JSON.stringify(event))),
        accept: '*/*',
        'x-signature': hmac(JSON.stringify(event)),
      },
    });
    expect(received[0]?.headers).not.toHaveProperty('x-segment-signature');
    expect(received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('a batch with X-Signature over its first event only', async () => {
    const { url, received } = await useWebhook(200);
    await sendToWebhook({ url, payload: [event, other], secret, form: 'legacy-batch' });
    expect(received[0]?.body).toBe(JSON.stringify([event, other]));
    expect(received[0]?.headers['x-signature']).toBe(hmac(JSON.stringify(event)));
    expect(received[0]?.headers).not.toHaveProperty('x-segment-signature');
  });

  it.each([
    ['an event', event],
    ['a batch', [event, null, other]],
  ])('%s with X-Segment-Signature over the whole body', async (_what, payload) => {
    const { url, received } = await useWebhook(200);
    await sendToWebhook({ url, payload, secret, form: 'whole-body' });
    expect(received[0]?.headers['x-segment-signature']).toBe(hmac(JSON.stringify(payload)));
    expect(received[0]?.headers).not.toHaveProperty('x-signature');
  });

  it.each([
    ['no secret', undefined, [event]],
    ['an empty secret', '', [event]],
    ['nothing in the first place of a legacy batch', secret, [null, event]],
  ])('no signature with %s', async (_what, given, payload) => {
    const { url, received } = await useWebhook(200);
    await sendToWebhook({ url, payload, secret: given, form: 'legacy-batch' });
    expect(received[0]?.headers).not.toHaveProperty('x-signature');
    expect(received[0]?.headers).not.toHaveProperty('x-segment-signature');
  });

  it.each(['PUT', 'PATCH'] as const)('by %s where the mapping says so', async (method) => {
    const { url, received } = await useWebhook(200);
    await sendToWebhook({ url, payload: event, secret, method });
    expect(received[0]).toMatchObject({ method, body: JSON.stringify(event) });
  });

  it('the mapping’s static headers, which win even over the signature', async () => {
    const { url, received } = await useWebhook(200);
    const headers = { 'X-Team': 'growth', 'X-Segment-Signature': 'spoof' };
    await sendToWebhook({ url, payload: event, secret, bearerToken: 'token-1', headers });
    expect(received[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-team': 'growth',
      'x-segment-signature': 'spoof',
    });
  });

  it.each([
    ['a batch in the form for one event', { payload: [event], form: 'single' }, 'signs one event'],
    ['one event in the form for a batch', { payload: event, form: 'legacy-batch' }, 'signs a batch'],
    ['an invalid URL', { payload: event, url: 'nowhere' }, 'Invalid URL'],
    ['a header that is not ASCII', { payload: event, headers: { 'x-team': '成長' } }, ''],
  ] as const)('never %s', async (_what, options, message) => {
    const { url, received } = await useWebhook(200);
    await expect(sendToWebhook({ url, secret, ...options })).rejects.toThrow(message);
    expect(received).toEqual([]);
  });
});

describe('after which answer it is sent again', () => {
  it.each([408, 423, 429, 500, 502, 503, 504, 511, 599])('%i: yes', async (status) => {
    const { url, received } = await useWebhook(status, status, 200);
    const { outcome, attempts } = await sendToWebhook({ url, payload: event, secret, retry: atOnce });
    expect(outcome).toBe('delivered');
    expect(attempts.map((attempt) => attempt.status)).toEqual([status, status, 200]);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it.each([400, 401, 403, 404, 405, 409, 410, 413, 422, 460, 501])('%i: never', async (status) => {
    const { url, received } = await useWebhook(status, 200);
    const { outcome, attempts } = await sendToWebhook({ url, payload: event, secret, retry: atOnce });
    expect(outcome).toBe('discarded');
    expect(attempts).toMatchObject([{ status, answer: { status } }]);
    expect(received).toHaveLength(1);
  });

  it('a cut connection: yes', async () => {
    const { url } = await useWebhook(cut, 200);
    const { outcome, attempts } = await sendToWebhook({ url, payload: event, secret, retry: atOnce });
    expect(outcome).toBe('delivered');
    expect(attempts[0]).toMatchObject({ error: expect.any(String) });
    expect(attempts[0]).not.toHaveProperty('status');
  });

  it('no server: yes, until the time is over', async () => {
    const payload = event;
    const { outcome, attempts } = await sendToWebhook({
      url: 'http://127.0.0.1:1/segment',
      payload,
      secret,
      retry: { ...atOnce, maxAttempts: 3 },
    });
    expect(outcome).toBe('expired');
    expect(attempts).toHaveLength(3);
    expect(attempts[0]).not.toHaveProperty('status');
  });

  it('no answer in time: yes', async () => {
    const { url } = await useWebhook(silence, 200);
    const { outcome, attempts } = await sendToWebhook({
      url,
      payload: event,
      secret,
      timeoutMs: 60,
      retry: atOnce,
    });
    expect(outcome).toBe('delivered');
    expect(attempts[0]).toMatchObject({ error: 'ETIMEDOUT' });
  });

  it('a redirect is followed, as a GET without a body but with the signature', async () => {
    const { url, received } = await useWebhook((response) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    }, 200);
    await sendToWebhook({ url, payload: event, secret });
    expect(received[1]).toMatchObject({ method: 'GET', url: '/elsewhere', body: '' });
    expect(received[1]?.headers).toHaveProperty('x-segment-signature');
  });

  it('an answer that is not JSON is reported as text', async () => {
    const { url } = await useWebhook((response) => response.end('thanks'));
    const { attempts } = await sendToWebhook({ url, payload: event, secret });
    expect(attempts).toMatchObject([{ status: 200, answer: 'thanks' }]);
  });
});

describe('how long it is sent again', () => {
  it('for four hours of Segment’s time, in doubled waits of at most 15 minutes', async () => {
    const { url } = await useWebhook(503);
    const random = (): number => 0.5;
    const { outcome, attempts } = await sendToWebhook({
      url,
      payload: event,
      secret,
      retry: { ...atOnce, random },
    });
    expect(outcome).toBe('expired');
    // 2 + 4 + … + 512 s are 1,022 s; 14 waits of 900 s more end below 14,400 s, the next would not.
    expect(attempts).toHaveLength(1 + 9 + 14);
  });

  it('as often as allowed', async () => {
    const { url, received } = await useWebhook(500);
    await sendToWebhook({ url, payload: event, secret, retry: { ...atOnce, maxAttempts: 2 } });
    expect(received).toHaveLength(2);
  });

  it('until it is stopped', async () => {
    const stopping = new AbortController();
    const { url, received } = await useWebhook((response) => {
      response.writeHead(503).end();
      stopping.abort();
    });
    const { outcome } = await sendToWebhook({ url, payload: event, secret, signal: stopping.signal });
    expect(outcome).toBe('stopped');
    expect(received).toHaveLength(1);
  });
});

describe('a refused batch with re-mixing', () => {
  const batch = ['a', 'b', 'c', 'd', 'e'].map((messageId) => ({ type: 'track', messageId }));

  it('is sent again in other batches, each signed, with no event lost or doubled', async () => {
    const { url, received } = await useWebhook(503, 200);
    const random = (): number => 0.4;
    const { outcome } = await sendToWebhook({
      url,
      payload: batch,
      secret,
      form: 'legacy-batch',
      remixBatches: true,
      retry: { ...atOnce, random },
    });
    expect(outcome).toBe('delivered');
    const [first, ...again] = received.map(({ body }) => JSON.parse(body) as { messageId: string }[]);
    expect(first).toEqual(batch);
    expect(again).toHaveLength(2);
    expect(again.flat().map(({ messageId }) => messageId)).not.toEqual(
      batch.map(({ messageId }) => messageId),
    );
    expect(
      again
        .flat()
        .map(({ messageId }) => messageId)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const { body, headers } of received) {
      expect(headers['x-signature']).toBe(hmac(JSON.stringify(JSON.parse(body)[0])));
    }
  });

  it('reports the worst outcome of its parts', async () => {
    const { url } = await useWebhook(503, 401, 200);
    const { outcome, attempts } = await sendToWebhook({
      url,
      payload: batch,
      secret,
      remixBatches: true,
      retry: atOnce,
    });
    expect(outcome).toBe('discarded');
    expect(attempts.map(({ status }) => status)).toEqual([503, 401, 200]);
  });

  it('is sent again unchanged without re-mixing', async () => {
    const { url, received } = await useWebhook(503, 200);
    await sendToWebhook({ url, payload: batch, secret, retry: atOnce });
    expect(received.map(({ body }) => body)).toEqual([JSON.stringify(batch), JSON.stringify(batch)]);
  });
});

describe('old events', () => {
  const old = { ...event, timestamp: '2020-01-01T00:00:00.000Z', receivedAt: '2020-01-01T00:00:01.000Z' };

  it('are sent and signed with new times on request', async () => {
    const { url, received } = await useWebhook(503, 200);
    const beforeMs = Date.now();
    await sendToWebhook({ url, payload: old, secret, form: 'single', shiftToNow: true, retry: atOnce });
    const [first, second] = received;
    const sent = JSON.parse(first?.body ?? '') as typeof old;
    expect(Date.parse(sent.receivedAt)).toBeGreaterThanOrEqual(beforeMs);
    expect(Date.parse(sent.receivedAt)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(sent.receivedAt) - Date.parse(sent.timestamp)).toBe(1_000);
    expect(first?.headers['x-signature']).toBe(hmac(first?.body ?? ''));
    expect(second?.body).toBe(first?.body);
  });

  it('are sent unchanged by default', async () => {
    const { url, received } = await useWebhook(200);
    await sendToWebhook({ url, payload: old, secret });
    expect(received[0]?.body).toBe(JSON.stringify(old));
  });
});
