import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaveraAnswer, MaveraError } from '../../../functions/mavera/maveraAnswer.ts';
import { readResponse } from '../../../functions/mavera/readResponse.ts';
import { anyJson } from '../jsonArbitrary.ts';

const nowMs = Date.parse('2026-01-02T03:04:05.000Z');

interface Response {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is, anything else as JSON. */
  readonly body?: unknown;
}

function read({ status = 200, headers = {}, body = {} }: Response): MaveraAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readResponse(status, new Headers(headers), text, nowMs);
}

function errorIn(response: Response): MaveraError {
  const answer = read(response);
  if (answer.kind !== 'refused') {
    throw new Error(`the answer is ${answer.kind}`);
  }
  return answer.error;
}

/** Mavera's envelope for errors. */
function envelope(code: unknown, message: unknown = 'Something is wrong.'): object {
  return { error: { message, type: 'some_type', code, param: null } };
}

describe('a success', () => {
  it.each([200, 201])('of status %d is answered with its JSON', (status) => {
    const body = { id: 'msg_1', object: 'mave_message' };
    expect(read({ status, body })).toEqual({ kind: 'answered', json: body, rateLimit: undefined });
  });

  it.each([null, [], 'text in quotes', 0])('may be the JSON %j: its reader judges it', (json) => {
    expect(read({ body: JSON.stringify(json) })).toMatchObject({ kind: 'answered', json });
  });

  it('may have an error that is null', () => {
    const body = { id: 'msg_1', error: null };
    expect(read({ body })).toMatchObject({ kind: 'answered', json: body });
  });

  it.each(['', '<html>', '{"id":"msg_1"', `${'['.repeat(501)}${']'.repeat(501)}`])(
    'whose body is not JSON, or nested so deeply that it cannot be written, is unreadable: its credits are spent (%j)',
    (body) => {
      const answer = read({ status: 201, body });
      const detail = 'Mavera answered 201 with a body that is not JSON, or is nested too deeply';
      expect(answer).toEqual({ kind: 'unreadable', detail });
    },
  );

  it.each([
    ['missing_api_key', 401],
    ['invalid_api_key', 401],
    ['revoked_api_key', 401],
    ['expired_api_key', 401],
    ['credits_exhausted', 402],
    ['budget_exceeded', 402],
    ['forbidden', 403],
    ['resource_not_found', 404],
    ['rate_limit_exceeded', 429],
    ['internal_error', 500],
    ['service_unavailable', 503],
    ['invalid_field', 400],
    ['something_new', 400],
    ['constructor', 400],
    ['__proto__', 400],
    [null, 400],
    [undefined, 400],
  ])('with the error %s in its body is refused as %d', (code, status) => {
    expect(errorIn({ body: envelope(code) })).toMatchObject({ status, code: code ?? 'unknown' });
  });
});

describe('an error', () => {
  it('has the code and message of its envelope', () => {
    const response = {
      status: 402,
      body: {
        error: {
          message: 'Insufficient credits. Buy more.',
          type: 'insufficient_credits',
          code: 'credits_exhausted',
          param: null,
        },
      },
    };
    expect(read(response)).toEqual({
      kind: 'refused',
      error: {
        status: 402,
        code: 'credits_exhausted',
        message: 'Insufficient credits. Buy more.',
        retryAfterMs: undefined,
      },
      rateLimit: undefined,
    });
  });

  it('has its own status, whatever its code', () => {
    expect(errorIn({ status: 500, body: envelope('forbidden') }).status).toBe(500);
  });

  it.each([
    ['a page of the platform in front', '<html>Bad Gateway</html>'],
    ['nothing', ''],
    ['a JSON of another shape', { message: 'no' }],
    ['a text for an error', { error: 'no' }],
    ['an empty envelope', { error: {} }],
    ['an envelope of nulls', envelope(null, null)],
    ['null', 'null'],
  ])('is told by its status when its body is %s', (_what, body) => {
    expect(errorIn({ status: 502, body })).toEqual({
      status: 502,
      code: 'unknown',
      message: 'Mavera answered 502',
      retryAfterMs: undefined,
    });
  });

  it('has no more than 100 characters of a code, none cut in half', () => {
    const code = `${'x'.repeat(99)}🎉`;
    expect(errorIn({ status: 400, body: envelope(code) }).code).toBe(`${'x'.repeat(99)}\ufffd`);
  });

  it('has no more than 500 characters of a message', () => {
    expect(errorIn({ status: 400, body: envelope('invalid_field', 'x'.repeat(501)) }).message).toBe(
      'x'.repeat(500),
    );
  });

  it.each([300, 301, 302, 307])('is what a redirect is, too: %d', (status) => {
    expect(errorIn({ status, headers: { location: 'https://elsewhere.example' }, body: '' }).status).toBe(
      status,
    );
  });
});

describe('Retry-After', () => {
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['1.5', 1_500],
    [' 7 ', 7_000],
    ['Fri, 02 Jan 2026 03:04:35 GMT', 30_000],
    ['Fri, 02 Jan 2026 03:04:05 GMT', 0],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['900', 900_000],
    ['901', 900_000],
    ['30000', 900_000],
    ['Fri, 02 Jan 2026 03:19:05 GMT', 900_000],
    ['Fri, 02 Jan 2026 03:19:06 GMT', 900_000],
    ['Sat, 02 Jan 2027 03:04:05 GMT', 900_000],
  ])('may be %j, and asks for 15 minutes at most', (header, retryAfterMs) => {
    expect(errorIn({ status: 429, headers: { 'retry-after': header } }).retryAfterMs).toBe(retryAfterMs);
  });

  it.each(['soon', '', 'NaN', 'Infinity', '-1', '-30', '2026-01-02T03:04:35Z'])(
    'says nothing as %j',
    (header) => {
      expect(errorIn({ status: 429, headers: { 'retry-after': header } }).retryAfterMs).toBeUndefined();
    },
  );

  it('is never in the past, nor more than 15 minutes ahead', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const header = text.replace(/[^\x20-\x7e]/g, '');
        const { retryAfterMs = 0 } = errorIn({ status: 503, headers: { 'retry-after': header } });
        expect(retryAfterMs).toBeGreaterThanOrEqual(0);
        expect(retryAfterMs).toBeLessThanOrEqual(900_000);
      }),
    );
  });
});

describe("Mavera's rate limit", () => {
  const headers = {
    'x-ratelimit-limit': '60',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': '1767323105',
  };

  it('comes with successes and errors', () => {
    const rateLimit = { remaining: 0, resetAtMs: 1_767_323_105_000 };
    expect(read({ headers })).toMatchObject({ kind: 'answered', rateLimit });
    expect(read({ headers, status: 429 })).toMatchObject({ kind: 'refused', rateLimit });
  });

  it('may leave out when it starts anew', () => {
    expect(read({ headers: { 'x-ratelimit-remaining': '5' } })).toMatchObject({
      rateLimit: { remaining: 5, resetAtMs: undefined },
    });
  });

  it.each([1, 60, 120])('starts anew in %d s, as it says', (seconds) => {
    const resetAtMs = nowMs + seconds * 1_000;
    expect(read({ headers: { ...headers, 'x-ratelimit-reset': `${resetAtMs / 1_000}` } })).toMatchObject({
      rateLimit: { remaining: 0, resetAtMs },
    });
  });

  it.each([
    ['is over', '1767323045'],
    ['is long over', '0'],
    ['is more than two minutes ahead', '1767323166'],
    ['is in milliseconds', '1767323105000'],
    ['is a time to wait', '60'],
    ['is negative', '-1'],
    ['is no number', 'soon'],
  ])('does not say when it starts anew where the time %s', (_what, reset) => {
    const answer = read({ headers: { ...headers, 'x-ratelimit-reset': reset } });
    expect(answer).toHaveProperty('rateLimit', { remaining: 0, resetAtMs: undefined });
  });

  it.each(['', 'many', '-1'])('says nothing when %j requests remain', (remaining) => {
    expect(read({ headers: { ...headers, 'x-ratelimit-remaining': remaining } })).toMatchObject({
      rateLimit: undefined,
    });
  });
});

describe('any response', () => {
  it('is an answer of some kind, and nothing throws', () => {
    const body = fc.oneof(
      fc.string(),
      anyJson.map((json) => JSON.stringify(json)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), body, (status, text) => {
        const { kind } = read({ status, body: text });
        expect(status < 300 ? ['answered', 'unreadable', 'refused'] : ['refused']).toContain(kind);
      }),
    );
  });
});
