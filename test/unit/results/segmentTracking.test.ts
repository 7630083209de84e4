import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendToSegment, type TrackingAnswer } from '../../../functions/results/segmentTracking.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { startTrackingServer, type TrackingServer } from '../../../simulators/segment/trackingServer.ts';
import { gateOn } from '../systems/gateOn.ts';

const writeKey = 'local-write-key';
const events = [
  {
    type: 'track',
    event: 'Mavera Research Completed',
    messageId: 'm-1',
    userId: 'u-1',
    properties: { a: 1 },
  },
  { type: 'identify', messageId: 'm-2', userId: 'u-1', anonymousId: undefined, traits: { b: '注' } },
];

let server: TrackingServer;

beforeAll(async () => {
  server = await startTrackingServer({ writeKey });
});

afterAll(() => server.stop());

const by = { agent: 'trigger/reports', runId: 'run-1' } as const;

async function sendTo(baseUrl: string, key: string, batch = events): Promise<TrackingAnswer> {
  return await sendToSegment(batch as never, by, gateOn('segmentTracking', { baseUrl, keys: [key] }));
}

const send = (): Promise<TrackingAnswer> => sendTo(server.baseUrl, writeKey);

describe('a report that Segment takes', () => {
  it('a report is one batch with all of its events', async () => {
    expect(await send()).toEqual({ kind: 'taken' });
    expect(server.dropped()).toEqual([]);
    expect(server.events()).toEqual([
      events[0],
      { type: 'identify', messageId: 'm-2', userId: 'u-1', traits: { b: '注' } },
    ]);
    expect(server.requests().at(-1)).toMatchObject({ method: 'POST', path: '/v1/batch', status: 200 });
  });

  it('a base URL may end in slashes', async () => {
    expect(await sendTo(`${server.baseUrl}//`, writeKey)).toEqual({
      kind: 'taken',
    });
  });

  it('Segment accepts a wrong write key too, so that it goes unnoticed', async () => {
    expect(await sendTo(server.baseUrl, 'another-key')).toEqual({ kind: 'taken' });
    expect(server.dropped().at(-1)?.reason).toBe('the write key is wrong');
  });
});

describe('a report that may be sent again later', () => {
  it.each([401, 403, 408, 429, 500, 502, 503])(
    'a report that is answered %d may be sent again',
    async (status) => {
      server.failNext(1, status);
      expect(await send()).toEqual({
        kind: 'again',
        detail: `Segment answered ${status}`,
        retryAfterMs: undefined,
      });
    },
  );

  it.each([
    [0, 0],
    [7, 7_000],
    [86_400, 900_000],
  ])('a Retry-After of %d s is followed, up to 15 minutes', async (after, ms) => {
    server.failNext(1, 429, after);
    expect(await send()).toMatchObject({ kind: 'again', retryAfterMs: ms });
  });

  it('a report that reached no server may be sent again', async () => {
    const gone = await startTrackingServer();
    await gone.stop();
    expect(await sendTo(gone.baseUrl, writeKey)).toEqual({
      kind: 'again',
      detail: "Could not connect to Segment's Tracking API: ECONNREFUSED",
    });
  });
});

describe('a report that Segment never takes', () => {
  it.each([400, 404, 413])('a report that is answered %d is refused', async (status) => {
    server.failNext(1, status);
    expect(await send()).toEqual({ kind: 'refused', detail: `Segment answered ${status}` });
  });

  it('a report that is larger than a batch is refused', async () => {
    const large = { ...events[0], properties: { note: 'x'.repeat(600_000) } };
    expect(await sendTo(server.baseUrl, writeKey, [large] as never)).toEqual({
      kind: 'refused',
      detail: 'Segment answered 400',
    });
  });
});

describe('a report that another server answers', () => {
  /** What the server of this test answers, and what it was sent. */
  let answer: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  let seen: (string | undefined)[] = [];
  const other = createServer((request, response) => {
    seen.push(request.headers.authorization);
    request.resume();
    response.writeHead(answer.status, answer.headers).end('not JSON');
  });
  let base = '';

  beforeAll(async () => {
    base = `http://127.0.0.1:${await listen(other, 0)}`;
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(() => closeServer(other));

  it('the write key is the user of Basic authentication', async () => {
    answer = { status: 200, headers: {} };
    expect(await sendTo(base, 'key:with colon')).toEqual({ kind: 'taken' });
    expect(seen).toEqual([`Basic ${Buffer.from('key:with colon:').toString('base64')}`]);
  });

  it('a redirect is not followed, because the key would go with it', async () => {
    answer = { status: 307, headers: { location: `${base}/elsewhere` } };
    expect(await sendTo(base, writeKey)).toEqual({
      kind: 'refused',
      detail: 'Segment answered 307',
    });
    expect(seen).toHaveLength(1);
  });

  it.each(['soon', '-1', 'NaN'])(
    'a Retry-After that is neither a number of seconds nor a date is ignored: %s',
    async (header) => {
      answer = { status: 503, headers: { 'retry-after': header } };
      expect(await sendTo(base, writeKey)).toEqual({
        kind: 'again',
        detail: 'Segment answered 503',
        retryAfterMs: undefined,
      });
    },
  );
});

describe('what is logged about a report that failed', () => {
  it('the outcome contains neither the write key nor what was sent', async () => {
    server.failNext(1, 400);
    const shown = JSON.stringify(await send());
    expect(shown).not.toContain(writeKey);
    expect(shown).not.toContain('u-1');
  });
});
