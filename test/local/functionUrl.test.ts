import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FunctionUrlServer, startFunctionUrl } from '../../local/http/functionUrlServer.ts';
import type { InvocationResult } from '../../local/lambda/invocationResult.ts';

let front: FunctionUrlServer;
let events: APIGatewayProxyEventV2[] = [];
let result: InvocationResult;

beforeAll(async () => {
  front = await startFunctionUrl(0);
  front.open(async (event) => {
    events.push(JSON.parse(event));
    return result;
  });
});

afterAll(() => front.stop());

beforeEach(() => {
  events = [];
  result = { ok: true, payload: '{"statusCode":200}' };
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Sends a request with exactly these headers, which `fetch` cannot. */
async function send(
  path: string,
  headers: readonly (readonly [string, string])[] = [],
  body: string | Buffer = '',
  method = 'POST',
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(new URL(path, front.url), { method });
  for (const [name, value] of headers) {
    outgoing.appendHeader(name, value);
  }
  outgoing.on('response', (response) => {
    text(response).then(
      (received) => resolve({ status: response.statusCode, headers: response.headers, body: received }),
      reject,
    );
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

async function eventOf(...request: Parameters<typeof send>): Promise<APIGatewayProxyEventV2> {
  await send(...request);
  const [event] = events;
  if (event === undefined) {
    throw new Error('the request did not reach the function');
  }
  return event;
}

const json = ['Content-Type', 'application/json'] as const;

describe('the event for a request', () => {
  it('has method, path and query', async () => {
    const event = await eventOf('/segment/vip?a=1&a=2&b=%20x', [json], '{}', 'PUT');
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/segment/vip',
      rawQueryString: 'a=1&a=2&b=%20x',
      queryStringParameters: { a: '1,2', b: ' x' },
      requestContext: {
        http: { method: 'PUT', path: '/segment/vip', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        domainName: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        stage: '$default',
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
    });
  });

  it('has no query parameters for a request without a query', async () => {
    expect(await eventOf('/segment')).not.toHaveProperty('queryStringParameters');
  });

  it('has header names in lower case and repeated headers joined by commas', async () => {
    const { headers, requestContext } = await eventOf('/segment', [
      ['X-Signature', 'one'],
      ['x-signature', 'two'],
      ['User-Agent', 'Segment (Actions)'],
    ]);
    expect(headers).toMatchObject({ 'x-signature': 'one,two', 'x-forwarded-for': '127.0.0.1' });
    expect(requestContext.http.userAgent).toBe('Segment (Actions)');
  });

  it('has cookies apart from the headers', async () => {
    const event = await eventOf('/segment', [['Cookie', 'a=1; b=2']]);
    expect(event.cookies).toEqual(['a=1', 'b=2']);
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/xml',
    'APPLICATION/JSON',
  ])('has a body of type %s as text', async (type) => {
    const event = await eventOf('/segment', [['content-type', type]], '{"ü":"\u2028"}');
    expect(event).toMatchObject({ body: '{"ü":"\u2028"}', isBase64Encoded: false });
  });

  it.each([
    ['of another type', [['content-type', 'application/x-www-form-urlencoded']]],
    ['without a type', []],
    ['that is compressed', [json, ['content-encoding', 'gzip']]],
  ] as const)('has a body %s in base64', async (_, headers) => {
    const body = Buffer.from([0, 255, 0x7b, 0x7d]);
    const event = await eventOf('/segment', headers, body);
    expect(event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  it('has no body for a request without one', async () => {
    const event = await eventOf('/segment', [], '', 'GET');
    expect(event).not.toHaveProperty('body');
    expect(event.isBase64Encoded).toBe(false);
  });
});

describe('a request above the size limit', () => {
  it('is answered 413 and does not reach the function', async () => {
    const largest = 6 * 1024 * 1024;
    expect(await send('/segment', [json], 'x'.repeat(largest + 1))).toMatchObject({ status: 413 });
    expect(events).toEqual([]);
    expect(await send('/segment', [json], 'x'.repeat(largest))).toMatchObject({ status: 200 });
    expect(events).toHaveLength(1);
  });
});

describe('the response to an answer of the function', () => {
  async function respond(answer: unknown): Promise<Answer> {
    result = { ok: true, payload: JSON.stringify(answer) };
    return send('/segment');
  }

  it('has the status, headers, cookies and body of the answer', async () => {
    const answer = {
      statusCode: 405,
      headers: { Allow: 'POST', 'Content-Type': 'text/plain' },
      cookies: ['a=1', 'b=2'],
      body: 'ü',
    };
    expect(await respond(answer)).toMatchObject({
      status: 405,
      headers: { allow: 'POST', 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] },
      body: 'ü',
    });
  });

  it('decodes a body in base64', async () => {
    const body = Buffer.from('decoded').toString('base64');
    expect(await respond({ statusCode: 200, body, isBase64Encoded: true })).toMatchObject({
      body: 'decoded',
    });
  });

  it.each([
    ['an object', { detail: 'x' }, '{"detail":"x"}'],
    ['a string', 'hello', 'hello'],
    ['nothing', null, 'null'],
  ])('is 200 with %s as the body when there is no status', async (_, answer, body) => {
    expect(await respond(answer)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body,
    });
  });

  it('is 502 when the invocation failed or the answer is invalid', async () => {
    expect(await respond({ statusCode: 'many' })).toMatchObject({
      status: 502,
      body: 'Internal Server Error',
    });
    result = { ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage: 'x' } };
    expect(await send('/segment')).toMatchObject({ status: 502, body: 'Internal Server Error' });
  });
});

describe('the HTTP front', () => {
  it('reports a port in use in one line, with what to do', async () => {
    const port = Number(new URL(front.url).port);
    await expect(startFunctionUrl(port)).rejects.toThrow(
      `PORT ${port} is in use: set PORT to another port, or to 0 for any free one`,
    );
  });

  it('holds requests until the function is set', async () => {
    const early = await startFunctionUrl(0);
    const answer = fetch(early.url);
    early.open(async () => ({ ok: true, payload: '{"statusCode":204}' }));
    expect((await answer).status).toBe(204);
    await early.stop();
  });
});
