import { describe, expect, it } from 'vitest';
import {
  type HttpRefusal,
  type HttpSource,
  httpAnswer,
  type ReceiverRequest,
  readRequest,
} from '../../../functions/receive/http.ts';

const maxBodyBytes = 5_242_880;
const sources = new Map<string, HttpSource>([
  ['segment', { name: 'segment', advice: { tooLarge: 'lower the Batch Size of the mapping' } }],
]);

/** A request as a Function URL hands it over (payload format 2.0). */
function functionUrlEvent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { method = 'POST', ...rest } = changes;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/segment',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', 'user-agent': 'Segment (Actions)' },
    requestContext: { http: { method, path: '/segment', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' } },
    body: '{"type":"track"}',
    isBase64Encoded: false,
    ...rest,
  };
}

function requestOf(changes: Readonly<Record<string, unknown>>): ReceiverRequest<HttpSource> {
  const read = readRequest(functionUrlEvent(changes), { sources, maxBodyBytes });
  if (!read.ok) {
    throw new Error(`refused with ${read.refusal.status}: ${read.refusal.detail}`);
  }
  return read.request;
}

function refusalOf(event: unknown, limit: number = maxBodyBytes): HttpRefusal {
  const read = readRequest(event, { sources, maxBodyBytes: limit });
  if (read.ok) {
    throw new Error('the request was read');
  }
  return read.refusal;
}

describe('a request of Segment', () => {
  it.each(['POST', 'PUT', 'PATCH'])('may be a %s', (method) => {
    expect(requestOf({ method })).toMatchObject({ source: { name: 'segment' }, route: 'default' });
  });

  it.each([
    ['/segment', 'default'],
    ['/segment/', 'default'],
    ['/segment/e', 'e'],
    ['/segment/eu', 'eu'],
    ['/segment/eu/', 'eu'],
    ['/segment/EU-west_1', 'EU-west_1'],
    [`/segment/${'a'.repeat(64)}`, 'a'.repeat(64)],
  ])('to %s has the route %s', (rawPath, route) => {
    expect(requestOf({ rawPath }).route).toBe(route);
  });

  it('is accepted only on the routes that the setting names, where it names some', () => {
    const routes = new Set(['default', 'eu']);
    const read = (rawPath: string): boolean =>
      readRequest(functionUrlEvent({ rawPath }), { sources, maxBodyBytes, routes }).ok;
    expect([read('/segment'), read('/segment/eu'), read('/segment/us')]).toEqual([true, true, false]);
  });

  it('is accepted only of the source that the setting names with the route', () => {
    const routes = new Set(['segment/default', 'segment/eu', 'segops/default']);
    const two = new Map(sources).set('segops', { name: 'segops', advice: { tooLarge: 'raise the limit' } });
    const read = (rawPath: string): boolean =>
      readRequest(functionUrlEvent({ rawPath }), { sources: two, maxBodyBytes, routes }).ok;
    expect(['/segment', '/segment/eu', '/segops', '/segops/eu'].map(read)).toEqual([true, true, true, false]);
  });

  it('has the bytes that were sent, beyond ASCII too', () => {
    const text = '{"event":"Zoë 🎉 \u2028"}';
    expect(Buffer.from(requestOf({ body: text }).body).toString('utf8')).toBe(text);
  });

  it('has the bytes that were sent when they came as base64', () => {
    const bytes = Buffer.from([0x00, 0xff, 0x7b, 0x7d]);
    const { body } = requestOf({ body: bytes.toString('base64'), isBase64Encoded: true });
    expect([...body]).toEqual([...bytes]);
  });

  it('has an empty body where there is none', () => {
    expect(requestOf({ body: undefined }).body).toHaveLength(0);
  });

  it('has the headers, whatever their case', () => {
    const headers = { 'X-Signature': 'a', AUTHORIZATION: 'Bearer t', 'content-type': 'application/json' };
    expect(requestOf({ headers }).headers).toEqual({
      'x-signature': 'a',
      authorization: 'Bearer t',
      'content-type': 'application/json',
    });
  });

  it('has headers that differ in their case alone joined, so that they count as sent twice', () => {
    const { headers } = requestOf({ headers: { 'X-Signature': 'a', 'x-signature': 'b' } });
    expect(headers['x-signature']?.split(/, */).toSorted()).toEqual(['a', 'b']);
  });

  it('has no header that has no value', () => {
    const { headers } = requestOf({
      headers: { 'X-Signature': 'a', 'x-signature': undefined, other: undefined },
    });
    expect(Object.entries(headers)).toEqual([['x-signature', 'a']]);
  });
});

describe('a request that is not for a source', () => {
  it.each([
    '/',
    '',
    '/sendgrid',
    '/Segment',
    '/segments',
    '/segment/a/b',
    '/segment/a%20b',
    '/segment/ä',
    '/segment//',
    '/x/segment',
    `/segment/${'a'.repeat(65)}`,
  ])('"%s" is refused with 404 with where to post', (rawPath) => {
    expect(refusalOf(functionUrlEvent({ rawPath }))).toMatchObject({
      status: 404,
      detail: expect.stringContaining('/segment/<route>'),
    });
  });

  it('to a route that the setting does not name is refused with 404 with the setting', () => {
    const read = readRequest(functionUrlEvent(), { sources, maxBodyBytes, routes: new Set(['eu']) });
    expect(read).toMatchObject({
      refusal: {
        status: 404,
        detail: 'The route "default" is not open: add it to the setting "routes", or post to another route',
      },
    });
  });

  it('is refused on every route when the setting names no route', () => {
    expect(readRequest(functionUrlEvent(), { sources, maxBodyBytes, routes: new Set() }).ok).toBe(false);
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'post'])(
    '%s is refused with 405 and the allowed methods',
    (method) => {
      expect(refusalOf(functionUrlEvent({ method }))).toMatchObject({
        status: 405,
        detail: 'Use POST, PUT or PATCH',
        headers: { allow: 'POST, PUT, PATCH' },
      });
    },
  );

  it.each([
    ['nothing', undefined],
    ['a string', 'event'],
    ['a queue message', { Records: [] }],
    ['a request of payload format 1.0', { path: '/segment', httpMethod: 'POST', headers: {}, body: '' }],
  ])('%s is refused with 400', (_what, event) => {
    expect(refusalOf(event)).toMatchObject({
      status: 400,
      detail: expect.stringContaining('payload format 2.0'),
    });
  });
});

describe('a body that is too large', () => {
  it('is refused with 413 with the limit and the setting', () => {
    expect(refusalOf(functionUrlEvent({ body: 'x'.repeat(maxBodyBytes + 1) }))).toMatchObject({
      status: 413,
      detail: 'The body is larger than 5,242,880 bytes: lower the Batch Size of the mapping',
    });
  });

  it('is measured in bytes, as it was before base64', () => {
    expect(refusalOf(functionUrlEvent({ body: 'ë'.repeat(6) }), 11).status).toBe(413);
    expect(readRequest(functionUrlEvent({ body: 'ë'.repeat(6) }), { sources, maxBodyBytes: 12 }).ok).toBe(
      true,
    );
    const body = Buffer.alloc(12).toString('base64');
    expect(
      readRequest(functionUrlEvent({ body, isBase64Encoded: true }), { sources, maxBodyBytes: 12 }).ok,
    ).toBe(true);
    expect(refusalOf(functionUrlEvent({ body, isBase64Encoded: true }), 11).status).toBe(413);
  });
});

describe('an answer', () => {
  it('is JSON, with headers of its own where it needs them', () => {
    expect(httpAnswer(405, { detail: 'Use "POST"' }, { allow: 'POST' })).toEqual({
      statusCode: 405,
      headers: { 'content-type': 'application/json', allow: 'POST' },
      body: '{"detail":"Use \\"POST\\""}',
    });
  });
});

describe('a request to a source', () => {
  const advice = { tooLarge: 'raise the setting "maxBodyBytes"' };
  const open = new Map<string, HttpSource>([
    ['segment', { name: 'segment', advice }],
    ['sendgrid', { name: 'sendgrid', advice }],
  ]);
  const read = (rawPath: string): ReturnType<typeof readRequest> =>
    readRequest(functionUrlEvent({ rawPath }), { sources: open, maxBodyBytes: 12_000 });

  it.each([
    ['/sendgrid', 'sendgrid', 'default'],
    ['/sendgrid/eu', 'sendgrid', 'eu'],
    ['/segment/eu', 'segment', 'eu'],
  ])('%s belongs to the source %s and the route %s', (path, name, route) => {
    expect(read(path)).toMatchObject({ ok: true, request: { source: { name }, route } });
  });

  it.each(['/segops', '/sendgrid2', '/SendGrid', '/constructor', '/', '/sendgrid/a/b'])(
    '%s is answered 404 when the source is not open, and told where to post',
    (path) => {
      const posted = { body: '{"type":"track"}' };
      expect(read(path)).toMatchObject({
        ok: false,
        posted,
        refusal: {
          status: 404,
          detail:
            'There is nothing at this path: post to /segment or /segment/<route>, or to /sendgrid or /sendgrid/<route>',
        },
      });
    },
  );
});
