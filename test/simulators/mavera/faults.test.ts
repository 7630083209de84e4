import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../simulators/http/fault.ts';
import { apiKey, gate, persona, question, useMavera } from './mavera.ts';

describe('an injected status', () => {
  it.each([
    [400, 'invalid_request_error', 'invalid_field'],
    [401, 'authentication_error', 'invalid_api_key'],
    [402, 'insufficient_credits', 'credits_exhausted'],
    [403, 'permission_error', 'forbidden'],
    [404, 'not_found_error', 'resource_not_found'],
    [429, 'rate_limit_error', 'rate_limit_exceeded'],
    [500, 'api_error', 'internal_error'],
    [503, 'api_error', 'service_unavailable'],
    [422, 'invalid_request_error', 'injected_fault'],
    [504, 'api_error', 'injected_fault'],
  ])('%i comes in the envelope, with nothing done', async (status, type, code) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status });
    const answer = await call('POST', '/personas', { body: persona });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error: { message: expect.any(String), type, code, param: null } });
    expect(answer.headers.get('x-ratelimit-limit')).toBe('60');
    expect(mavera.personas()).toEqual([]);
    expect(mavera.credits().used).toBe(0);
  });

  it.each([
    ['seconds', 7, '7'],
    ['an HTTP date', 'Fri, 20 Nov 2026 10:00:00 GMT', 'Fri, 20 Nov 2026 10:00:00 GMT'],
    ['nothing', undefined, null],
  ])('429 may carry %s as Retry-After', async (_what, retryAfter, header) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) });
    expect((await call('GET', '/usage')).headers.get('retry-after')).toBe(header);
  });

  it.each([
    [402, 'budget_exceeded', 'insufficient_credits'],
    [401, 'revoked_api_key', 'authentication_error'],
    [401, 'expired_api_key', 'authentication_error'],
  ])('%i may carry the code %s', async (status, code, type) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status, code });
    expect((await call('GET', '/usage')).body).toMatchObject({ error: { code, type } });
  });
});

describe('the other faults', () => {
  it('html: the error page of a proxy', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'html' });
    const { status, headers, text } = await call('POST', '/personas', { body: persona });
    expect(status).toBe(502);
    expect(headers.get('content-type')).toBe('text/html');
    expect(text).toContain('<h1>502 Bad Gateway</h1>');
    expect(mavera.personas()).toEqual([]);
  });

  it('error-in-200: an error body with status 200', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'error-in-200', message: 'Something failed.' });
    const { status, body } = await call('POST', '/personas', { body: persona });
    expect(status).toBe(200);
    expect(body).toMatchObject({ error: { message: 'Something failed.', code: 'internal_error' } });
    expect(mavera.personas()).toEqual([]);
  });

  it.each([
    ['cut-before', 0, 0],
    ['cut-after', 1, 300],
  ] as const)('%s: the connection is cut, with %i personas made', async (kind, personas, credits) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind });
    await expect(call('POST', '/personas', { body: persona })).rejects.toThrow();
    expect(mavera.personas()).toHaveLength(personas);
    expect(mavera.credits().used).toBe(credits);
    expect(mavera.calls()[0]).toMatchObject({ fault: kind, outcome: 'cut', status: undefined });
  });

  it('truncated: the work is done and half of the answer arrives', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'truncated' });
    const { status, text, body } = await call('POST', '/personas', { body: persona });
    expect(status).toBe(201);
    expect(body).toBeUndefined();
    expect(JSON.stringify(mavera.personas()[0])).toContain(text);
  });

  it('delay: the call takes longer, and counts under the concurrency cap', async () => {
    const held = gate();
    const waited: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      waited.push(ms);
      return held.passed;
    };
    const { mavera, call } = await useMavera({ sleep, maveConcurrency: 1 });
    mavera.inject({ kind: 'delay', delayMs: 90_000, path: '/mave/chat' });
    const slow = call('POST', '/mave/chat', { body: question });
    await expect.poll(() => waited).toEqual([90_000]);
    expect((await call('POST', '/mave/chat', { body: question })).status).toBe(429);
    held.open();
    expect((await slow).status).toBe(200);
  });

  it('any fault may have a delay', async () => {
    const waited: number[] = [];
    const { mavera, call } = await useMavera({ sleep: async (ms) => void waited.push(ms) });
    mavera.inject({ kind: 'status', status: 503, delayMs: 4_000 });
    expect((await call('GET', '/usage')).status).toBe(503);
    expect(waited).toEqual([4_000]);
  });
});

describe('which calls a fault meets', () => {
  it('one by default', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status: 500 });
    expect((await call('GET', '/usage')).status).toBe(500);
    expect((await call('GET', '/usage')).status).toBe(200);
  });

  it('as many as times says', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status: 500, times: 2 });
    const statuses = [];
    for (const _ of [1, 2, 3]) {
      statuses.push((await call('GET', '/usage')).status);
    }
    expect(statuses).toEqual([500, 500, 200]);
  });

  it('all within a period on the simulator’s clock', async () => {
    let nowMs = 1_000_000;
    const { mavera, call } = await useMavera({ now: () => nowMs });
    mavera.inject({ kind: 'status', status: 402, forMs: 120_000 });
    const statuses = [];
    for (const stepMs of [0, 60_000, 59_999, 1]) {
      nowMs += stepMs;
      statuses.push((await call('GET', '/usage')).status);
    }
    expect(statuses).toEqual([402, 402, 402, 200]);
  });

  it('those of its method and path, where * stands for anything', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status: 503, path: '/personas*', method: 'GET', times: 9 });
    expect((await call('GET', '/personas?limit=5')).status).toBe(503);
    expect((await call('GET', '/personas/abc')).status).toBe(503);
    expect((await call('POST', '/personas', { body: persona })).status).toBe(201);
    expect((await call('GET', '/usage')).status).toBe(200);
  });

  it('in the order of injection, one fault a call', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status: 500 });
    mavera.inject({ kind: 'status', status: 503 });
    expect((await call('GET', '/usage')).status).toBe(500);
    expect((await call('GET', '/usage')).status).toBe(503);
  });

  it('none after they are cleared', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status: 500, forMs: 1_000_000 });
    mavera.clearFaults();
    expect((await call('GET', '/usage')).status).toBe(200);
  });

  it('only calls that pass the key and the rate limit', async () => {
    const { mavera, call } = await useMavera({ requestsPerMinute: 1 });
    mavera.inject({ kind: 'status', status: 500 });
    expect((await call('GET', '/usage', { authorization: null })).status).toBe(401);
    expect((await call('GET', '/usage')).status).toBe(500);
    expect((await call('GET', '/usage')).status).toBe(429);
  });

  it.each([
    ['an unknown kind', { kind: 'explode' }],
    ['a status that is not an error', { kind: 'status', status: 200 }],
    ['a misspelt member', { kind: 'cut-after', tiems: 3 }],
    ['a delay without its length', { kind: 'delay' }],
    ['a string', 'cut'],
  ])('is not injected with %s', async (_what, fault) => {
    const { mavera } = await useMavera();
    expect(() => mavera.inject(fault as Fault)).toThrow('Not a fault of the simulator');
  });
});

describe('the control endpoints', () => {
  async function useControl() {
    const used = await useMavera();
    const control = async (method: string, path: string, body?: string) => {
      const url = new URL(`/__simulator${path}`, used.mavera.baseUrl);
      const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
      return { status: response.status, body: (await response.json()) as unknown };
    };
    return { ...used, control };
  }

  it('POST /faults injects, GET /state shows, DELETE /faults ends', async () => {
    const { call, control } = await useControl();
    const fault = { kind: 'status', status: 503, path: '/usage', times: 3 };
    const injected = await control('POST', '/faults', JSON.stringify(fault));
    expect(injected).toMatchObject({ status: 201, body: { faults: [{ timesLeft: 3, endsAtMs: null }] } });
    expect((await call('GET', '/usage')).status).toBe(503);
    expect((await control('GET', '/state')).body).toMatchObject({ faults: [{ fault, timesLeft: 2 }] });
    expect((await control('DELETE', '/faults')).status).toBe(200);
    expect((await call('GET', '/usage')).status).toBe(200);
  });

  it('GET /state and GET /calls answer the same as the methods', async () => {
    const { mavera, call, control } = await useControl();
    await call('POST', '/personas', { body: persona });
    await call('POST', '/mave/chat', { body: question });
    expect((await control('GET', '/state')).body).toEqual({
      requestsPerMinute: 60,
      credits: mavera.credits(),
      peaks: { callsPerWindow: 2, concurrentMaveCalls: 1, concurrentFocusGroups: 0 },
      calls: 2,
      personas: 1,
      threads: 1,
      focusGroups: 0,
      generatingFocusGroups: 0,
      faults: [],
    });
    const calls = await control('GET', '/calls');
    expect(calls.body).toEqual(JSON.parse(JSON.stringify(mavera.calls())));
    expect(JSON.stringify(calls.body)).not.toContain(apiKey);
  });

  it.each([
    ['an unknown fault', 'POST', '/faults', '{"kind":"explode"}', 400],
    ['a body that is not JSON', 'POST', '/faults', '{"kind"', 400],
    ['no body', 'POST', '/faults', undefined, 400],
    ['another path', 'GET', '/nowhere', undefined, 404],
    ['another method', 'PUT', '/state', undefined, 404],
  ])('refuse %s', async (_what, method, path, body, status) => {
    const { mavera, control } = await useControl();
    const answer = await control(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('error', expect.any(String));
    expect(mavera.calls()).toEqual([]);
  });
});
