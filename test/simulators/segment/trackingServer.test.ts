import { describe, expect, it, onTestFinished } from 'vitest';
import {
  startTrackingServer,
  type TrackingServer,
  type TrackingServerOptions,
} from '../../../simulators/segment/trackingServer.ts';

const basic = `Basic ${Buffer.from('wk_1:').toString('base64')}`;
const event = { type: 'track', event: 'Mavera Research Completed', userId: 'u-1', messageId: 'm-1' };

interface SendOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
}

/** A server that is stopped with the test, and a client that authenticates with `wk_1`. */
async function useTracking(options: TrackingServerOptions = {}): Promise<{
  readonly tracking: TrackingServer;
  readonly send: (body: unknown, options?: SendOptions) => Promise<Response>;
}> {
  const tracking = await startTrackingServer(options);
  onTestFinished(() => tracking.stop());
  const send = (
    body: unknown,
    { headers = { authorization: basic }, path = '/batch', method = 'POST' }: SendOptions = {},
  ) =>
    fetch(`${tracking.baseUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return { tracking, send };
}

describe('POST /v1/batch', () => {
  it('answers 200 and keeps the events in the order of arrival', async () => {
    const { tracking, send } = await useTracking();
    const response = await send({ batch: [event, { ...event, messageId: 'm-2' }] });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ success: true });
    await send({ batch: [{ type: 'identify', anonymousId: 'a-1' }] });
    expect(tracking.events()).toEqual([
      event,
      { ...event, messageId: 'm-2' },
      { type: 'identify', anonymousId: 'a-1' },
    ]);
    expect(tracking.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  });

  it('keeps an event that is sent twice twice', async () => {
    const { tracking, send } = await useTracking();
    await send({ batch: [event, event] });
    await send({ batch: [event] });
    expect(tracking.events()).toEqual([event, event, event]);
  });

  it('lists every request with its time, status and events', async () => {
    const { tracking, send } = await useTracking();
    const fromMs = Date.now();
    await send({ batch: [event, { type: 'track' }] });
    await send('{"batch":');
    expect(tracking.requests()).toEqual([
      {
        atMs: expect.any(Number),
        method: 'POST',
        path: '/v1/batch',
        status: 200,
        accepted: [event],
        dropped: [{ event: { type: 'track' }, reason: expect.any(String) }],
      },
      { atMs: expect.any(Number), method: 'POST', path: '/v1/batch', status: 400, accepted: [], dropped: [] },
    ]);
    expect(tracking.requests()[0]?.atMs).toBeGreaterThanOrEqual(fromMs);
  });

  it.each([
    ['no batch', {}],
    ['an empty batch', { batch: [] }],
    ['a batch that is not an array', { batch: event }],
    ['a body that is not an object', []],
  ])('answers 200 for %s, with nothing to keep', async (_what, body) => {
    const { tracking, send } = await useTracking();
    expect((await send(body)).status).toBe(200);
    expect(tracking.events()).toEqual([]);
    expect(tracking.dropped()).toEqual([]);
  });

  it.each([
    ['GET', '/batch'],
    ['POST', '/track'],
    ['POST', '/batch/'],
  ])('%s %s answers 404', async (method, path) => {
    const { tracking, send } = await useTracking();
    expect((await send({ batch: [event] }, { method, path })).status).toBe(404);
    expect(tracking.events()).toEqual([]);
  });
});

describe('the write key', () => {
  it.each([
    ['as the user of Basic authentication', { headers: { authorization: basic } }, {}],
    ['in the body', { headers: {} }, { writeKey: 'wk_1' }],
    ['in the body, beside an OAuth token', { headers: { authorization: 'Bearer x' } }, { writeKey: 'wk_1' }],
    ['in both', { headers: { authorization: basic } }, { writeKey: 'wk_1' }],
  ])('may be %s', async (_what, options, members) => {
    const { tracking, send } = await useTracking({ writeKey: 'wk_1' });
    await send({ batch: [event], ...members }, options);
    expect(tracking.events()).toEqual([event]);
    expect(tracking.dropped()).toEqual([]);
  });

  it.each([
    [
      'wrong in the header',
      { headers: { authorization: `Basic ${btoa('wk_2:')}` } },
      {},
      'the write key is wrong',
    ],
    ['wrong in the body', { headers: {} }, { writeKey: 'wk_2' }, 'the write key is wrong'],
    ['empty', { headers: { authorization: `Basic ${btoa(':')}` } }, {}, 'there is no write key'],
    ['absent', { headers: {} }, {}, 'there is no write key'],
    ['a number', { headers: {} }, { writeKey: 1 }, 'there is no write key'],
  ])('%s: still 200, and the events are dropped', async (_what, options, members, reason) => {
    const { tracking, send } = await useTracking({ writeKey: 'wk_1' });
    const response = await send({ batch: [event], ...members }, options);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ success: true });
    expect(tracking.events()).toEqual([]);
    expect(tracking.dropped()).toEqual([{ event, reason }]);
  });

  it('is required, and may be any if none is configured', async () => {
    const { tracking, send } = await useTracking();
    await send({ batch: [event] }, { headers: { authorization: `Basic ${btoa('another:')}` } });
    await send({ batch: [event] }, { headers: {} });
    expect(tracking.events()).toEqual([event]);
    expect(tracking.dropped()).toEqual([{ event, reason: 'there is no write key' }]);
  });
});

describe('events that Segment does not accept', () => {
  it.each([
    ['without userId and anonymousId', { ...event, userId: null }, 'it has neither userId nor anonymousId'],
    ['track without a name', { ...event, event: '' }, 'it is a track event without a name'],
    ['that are not objects', null, 'it has neither userId nor anonymousId'],
  ])('%s are dropped, the others kept', async (_what, bad, reason) => {
    const { tracking, send } = await useTracking();
    expect((await send({ batch: [bad, event] })).status).toBe(200);
    expect(tracking.events()).toEqual([event]);
    expect(tracking.dropped()).toEqual([{ event: bad, reason }]);
  });

  it.each(['text/plain', 'application/jsonp', 'application/x-www-form-urlencoded'])(
    'all of a request with the content type %s are dropped',
    async (contentType) => {
      const { tracking, send } = await useTracking();
      const headers = { authorization: basic, 'content-type': contentType };
      expect((await send({ batch: [event] }, { headers })).status).toBe(200);
      expect(tracking.dropped()).toEqual([{ event, reason: 'the content type is not application/json' }]);
    },
  );

  it('a charset in the content type is accepted', async () => {
    const { tracking, send } = await useTracking();
    const headers = { authorization: basic, 'content-type': 'application/json; charset=utf-8' };
    await send({ batch: [event] }, { headers });
    expect(tracking.events()).toEqual([event]);
  });
});

describe('what is refused with 400', () => {
  /** An event of so many bytes of JSON. */
  function eventOf(bytes: number): object {
    const empty = Buffer.byteLength(JSON.stringify({ ...event, note: '' }));
    return { ...event, note: 'x'.repeat(bytes - empty) };
  }

  it.each(['', '{"batch":', 'batch=1'])('the body %j, which is not JSON', async (body) => {
    const { tracking, send } = await useTracking();
    const response = await send(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ success: false, message: 'The body is not valid JSON.' });
    expect(tracking.requests()).toHaveLength(1);
  });

  it('a batch with an event over 32 KB, as a whole', async () => {
    const { tracking, send } = await useTracking();
    expect((await send({ batch: [eventOf(32 * 1024)] })).status).toBe(200);
    expect((await send({ batch: [event, eventOf(32 * 1024 + 1)] })).status).toBe(400);
    expect(tracking.events()).toHaveLength(1);
  });

  it('a batch over 500 KB', async () => {
    const { tracking, send } = await useTracking();
    const [batch, most] = [Array(15).fill(eventOf(32 * 1024)), 500 * 1024];
    const text = JSON.stringify({ batch });
    expect((await send(text.padEnd(most))).status).toBe(200);
    expect((await send(text.padEnd(most + 1))).status).toBe(400);
    expect(tracking.events()).toHaveLength(15);
  });
});

describe('failures on demand', () => {
  it('answer the next batches with a status, accept no event, and end', async () => {
    const { tracking, send } = await useTracking();
    tracking.failNext(2, 503);
    tracking.failNext(1, 429, 7);
    const answers = [];
    for (let number = 0; number < 4; number += 1) {
      const { status, headers } = await send({ batch: [event] });
      answers.push([status, headers.get('retry-after'), headers.get('x-ratelimit-reset')]);
    }
    expect(answers).toEqual([
      [503, null, null],
      [503, null, null],
      [429, '7', '7'],
      [200, null, null],
    ]);
    expect(tracking.events()).toEqual([event]);
    expect(tracking.requests().map(({ status }) => status)).toEqual([503, 503, 429, 200]);
  });
});

describe('the server', () => {
  it('listens on the given port, frees it, and can be stopped twice', async () => {
    const { tracking } = await useTracking();
    const port = Number(new URL(tracking.baseUrl).port);
    await expect(startTrackingServer({ port })).rejects.toThrow('EADDRINUSE');
    await tracking.stop();
    await tracking.stop();
    const { tracking: again } = await useTracking({ port });
    expect(again.baseUrl).toBe(tracking.baseUrl);
  });
});
