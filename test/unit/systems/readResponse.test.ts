import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallAnswer, faultOf, type SystemError } from '../../../functions/systems/callAnswer.ts';
import { readResponse } from '../../../functions/systems/readResponse.ts';
import { systems } from '../../../functions/systems/systems.ts';
import { anyJson } from '../jsonArbitrary.ts';

const nowMs = Date.parse('2026-01-02T03:04:05.000Z');

interface Response {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly isRead?: boolean;
}

function read({ status = 200, headers = {}, body = {}, isRead = false }: Response): CallAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readResponse(systems.mavera, { status, headers: new Headers(headers), body: text }, isRead, nowMs);
}

function errorIn(response: Response): SystemError {
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

const html = '<!DOCTYPE html><html><head><title>Error</title></head></html>';
const noMaveraError: readonly [string, unknown][] = [
  ['an HTML page', html],
  ['nothing', ''],
  ['JSON of another shape', { message: 'Forbidden' }],
  ['an error that is a string', { error: 'no' }],
  ['an empty error', { error: {} }],
  ['an error of nulls', { error: { message: null, type: null, code: null } }],
  ["a platform's error, whose code is not one of Mavera's", { error: { code: 'NOT_FOUND', message: 'No.' } }],
  ['an error with a number for its code', { error: { code: 403, message: 'No.', status: 'DENIED' } }],
  ['null', 'null'],
];

describe('a success', () => {
  it.each([200, 201])('a %d with JSON is answered', (status) => {
    const body = { id: 'msg_1', object: 'mave_message' };
    expect(read({ status, body })).toEqual({ kind: 'answered', status, json: body, rateLimit: undefined });
  });

  it.each([null, [], 'text in quotes', 0])('a success may be the JSON %j', (json) => {
    expect(read({ body: JSON.stringify(json) })).toMatchObject({ kind: 'answered', json });
  });

  it('a byte order mark before the JSON is ignored', () => {
    expect(read({ body: '\ufeff{"id":"msg_1"}' })).toMatchObject({ kind: 'answered', json: { id: 'msg_1' } });
  });

  it.each([null, {}, { code: null, message: '' }, ''])(
    'an error that says nothing is not an error: %j',
    (error) => {
      const body = { status: 'completed', error };
      expect(read({ body })).toMatchObject({ kind: 'answered', json: body });
    },
  );

  it.each(['', '<html>', '{"id":"msg_1"', `${'['.repeat(501)}${']'.repeat(501)}`])(
    'the answer is lost when the body is not JSON, or too deeply nested: the work may have been done (%#)',
    (body) => {
      const detail = 'The answer was 201 with a body that is not JSON, is nested too deeply, or is too large';
      expect(read({ status: 201, body })).toEqual({ kind: 'lost', status: 201, detail });
    },
  );

  it('the answer is lost when the body is too large to be read', () => {
    const tooLarge = { status: 200, headers: new Headers(), body: undefined };
    expect(readResponse(systems.mavera, tooLarge, false, nowMs)).toMatchObject({ kind: 'lost', status: 200 });
  });
});

describe('an error inside a success', () => {
  it.each([
    ['invalid_model', 400],
    ['missing_field', 400],
    ['invalid_field', 400],
    ['invalid_persona', 400],
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
  ])('the documented code %s counts as its status %d', (code, status) => {
    expect(errorIn({ body: envelope(code) })).toMatchObject({ status, code });
  });

  it.each([
    ['authentication_error', 401],
    ['insufficient_credits', 402],
    ['rate_limit_error', 429],
  ])('an unknown code of the type %s counts as %d', (type, status) => {
    expect(errorIn({ body: { error: { code: 'something_new', type } } })).toMatchObject({ status });
  });

  it.each(['something_new', 'constructor', '__proto__', null, undefined])(
    'an error of the unknown code %j keeps the status 200, so that the call is tried again',
    (code) => {
      const error = errorIn({ body: envelope(code) });
      expect(error).toMatchObject({ status: 200, code: code ?? 'unknown', message: 'Something is wrong.' });
      expect(faultOf(error)).toBe('passing');
    },
  );

  it('an error that is a string is quoted', () => {
    expect(errorIn({ body: { error: 'The model is overloaded.' } })).toMatchObject({
      status: 200,
      message: 'The model is overloaded.',
    });
  });

  it('work that was answered as failed is an error', () => {
    const body = { id: 'resp_1', status: 'failed', ...envelope('server_error'), output: [] };
    expect(errorIn({ body })).toMatchObject({ status: 200, code: 'server_error' });
  });

  it.each(['not failed', 'failed over', 'errors'])(
    'work in the state "%s" was not answered as failed',
    (status) => {
      const body = { id: 'fg_1', status, error: { message: 'One answer is missing.' } };
      expect(read({ body })).toMatchObject({ kind: 'answered' });
    },
  );

  it('a redirect is not a success, whatever its body is', () => {
    expect(read({ status: 300, body: { id: 'msg_1' } })).toMatchObject({ kind: 'blocked', status: 300 });
  });

  it('an error without a message says how Mavera answered', () => {
    const error = { type: 'invalid_request_error', code: 'invalid_request_error', param: null };
    expect(errorIn({ status: 400, body: { error } }).message).toBe('Mavera answered 400');
  });

  it('an answer with an error beside its work is answered: its credits are spent', () => {
    const body = { id: 'msg_1', content: 'They left …', ...envelope('source_unreadable') };
    expect(read({ body })).toMatchObject({ kind: 'answered', json: body });
  });

  it('the error of a resource that is read belongs to the resource', () => {
    const body = { id: 'fg_1', status: 'failed', ...envelope('no_personas') };
    expect(read({ body, isRead: true })).toMatchObject({ kind: 'answered', json: body });
  });

  it('an error instead of a resource is an error', () => {
    expect(read({ body: envelope('resource_not_found'), isRead: true })).toMatchObject({
      kind: 'refused',
      error: { status: 404 },
    });
  });
});

describe('an error of Mavera', () => {
  it('an error has the code and message of its envelope', () => {
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

  it('an error has its own status, whatever its code', () => {
    expect(errorIn({ status: 500, body: envelope('forbidden') }).status).toBe(500);
  });

  it('a documented code makes an envelope, with or without a type', () => {
    const body = { error: { code: 'resource_not_found', message: 'No.' } };
    expect(errorIn({ status: 404, body })).toMatchObject({ status: 404, code: 'resource_not_found' });
  });

  it('a byte order mark before the envelope is ignored', () => {
    const body = `\ufeff${JSON.stringify(envelope('forbidden'))}`;
    expect(errorIn({ status: 403, body })).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('a code is cut after 100 characters, and no character in half', () => {
    const code = `${'x'.repeat(99)}🎉`;
    expect(errorIn({ status: 400, body: envelope(code) }).code).toBe(`${'x'.repeat(99)}\ufffd`);
  });

  it('a message is cut after 500 characters', () => {
    expect(errorIn({ status: 400, body: envelope('invalid_field', 'x'.repeat(501)) }).message).toBe(
      'x'.repeat(500),
    );
  });
});

describe('an error of something in front of Mavera', () => {
  describe.each([301, 302, 307, 400, 401, 403, 404, 405, 413, 429])('with status %d', (status) => {
    it.each(noMaveraError)(`a ${status} with %s is blocked: Mavera was not asked`, (_what, body) => {
      expect(read({ status, body })).toEqual({
        kind: 'blocked',
        status,
        detail: `Something in front of Mavera answered ${status}, without its error JSON`,
        retryAfterMs: undefined,
        rateLimit: undefined,
      });
    });
  });

  describe.each([408, 500, 502, 503, 504, 520, 524])('with status %d', (status) => {
    it.each(noMaveraError)(`a ${status} with %s is lost: Mavera may have done the work`, (_what, body) => {
      expect(read({ status, body })).toEqual({
        kind: 'lost',
        status,
        detail: `Something in front of Mavera answered ${status}, without its error JSON`,
      });
    });
  });

  it('the Retry-After of a 429 is read', () => {
    expect(read({ status: 429, headers: { 'retry-after': '7' }, body: html })).toMatchObject({
      kind: 'blocked',
      retryAfterMs: 7_000,
    });
  });
});

describe('Retry-After', () => {
  const limited = { status: 429, body: envelope('rate_limit_exceeded') };

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
  ])('a Retry-After of %j is read, up to 15 minutes', (header, retryAfterMs) => {
    expect(errorIn({ ...limited, headers: { 'retry-after': header } }).retryAfterMs).toBe(retryAfterMs);
  });

  it.each(['soon', '', 'NaN', 'Infinity', '-1', '-30', '2026-01-02T03:04:35Z'])(
    'a Retry-After of %j is ignored',
    (header) => {
      expect(errorIn({ ...limited, headers: { 'retry-after': header } }).retryAfterMs).toBeUndefined();
    },
  );

  it('no Retry-After is in the past, or more than 15 minutes ahead', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const header = text.replace(/[^\x20-\x7e]/g, '');
        const { retryAfterMs = 0 } = errorIn({ ...limited, headers: { 'retry-after': header } });
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

  it('the rate limit is read from successes and errors', () => {
    const rateLimit = { remaining: 0, resetAtMs: 1_767_323_105_000 };
    expect(read({ headers })).toMatchObject({ kind: 'answered', rateLimit });
    expect(read({ headers, status: 429, body: envelope('rate_limit_exceeded') })).toMatchObject({
      kind: 'refused',
      rateLimit,
    });
    expect(read({ headers, status: 429, body: html })).toMatchObject({ kind: 'blocked', rateLimit });
  });

  it('a rate limit without its reset time is read', () => {
    expect(read({ headers: { 'x-ratelimit-remaining': '5' } })).toMatchObject({
      rateLimit: { remaining: 5, resetAtMs: undefined },
    });
  });

  it.each([1, 60, 120])('a reset time in %d s is read', (seconds) => {
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
    ['is not a number', 'soon'],
  ])('a reset time that %s is ignored', (_what, reset) => {
    const answer = read({ headers: { ...headers, 'x-ratelimit-reset': reset } });
    expect(answer).toHaveProperty('rateLimit', { remaining: 0, resetAtMs: undefined });
  });

  it.each(['', 'many', '-1'])('a rate limit of %j remaining requests is ignored', (remaining) => {
    expect(read({ headers: { ...headers, 'x-ratelimit-remaining': remaining } })).toMatchObject({
      rateLimit: undefined,
    });
  });
});

describe('any response', () => {
  it('any response is an answer of some kind', () => {
    const body = fc.oneof(
      fc.string(),
      anyJson.map((json) => JSON.stringify(json)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), body, (status, text) => {
        const { kind } = read({ status, body: text });
        expect(status < 300 ? ['answered', 'lost', 'refused'] : ['refused', 'blocked', 'lost']).toContain(
          kind,
        );
      }),
    );
  });
});
