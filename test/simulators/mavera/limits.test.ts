import { describe, expect, it } from 'vitest';
import { apiKey, persona, useMavera } from './mavera.ts';

const startMs = Date.parse('2026-11-20T10:00:00.400Z');

describe('the rate limit', () => {
  it('admits the limit within any sliding 60 seconds, to the millisecond', async () => {
    let nowMs = startMs;
    const { call } = await useMavera({ requestsPerMinute: 3, now: () => nowMs });
    const statusAt = async (afterMs: number): Promise<number> => {
      nowMs = startMs + afterMs;
      return (await call('GET', '/usage')).status;
    };
    expect(await statusAt(0)).toBe(200);
    expect(await statusAt(20_000)).toBe(200);
    expect(await statusAt(59_000)).toBe(200);
    expect(await statusAt(59_999)).toBe(429);
    expect(await statusAt(60_000)).toBe(200);
    expect(await statusAt(79_999)).toBe(429);
    expect(await statusAt(80_000)).toBe(200);
  });

  it('sends limit, remaining calls and the Unix second of the next free call with every answer', async () => {
    let nowMs = startMs;
    const { call } = await useMavera({ requestsPerMinute: 2, now: () => nowMs });
    const limitHeaders = async (path: string): Promise<readonly unknown[]> => {
      const { status, headers } = await call('GET', path);
      return [status, ...['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`))];
    };
    const reset = String(Math.ceil((startMs + 60_000) / 1000));
    expect(await limitHeaders('/usage')).toEqual([200, '2', '1', reset]);
    nowMs += 5_000;
    expect(await limitHeaders('/nowhere')).toEqual([404, '2', '0', reset]);
    expect(await limitHeaders('/usage')).toEqual([429, '2', '0', reset]);
  });

  it('answers a breach with the documented envelope and Retry-After in whole seconds', async () => {
    let nowMs = startMs;
    const { call } = await useMavera({ requestsPerMinute: 1, now: () => nowMs });
    await call('GET', '/usage');
    nowMs += 29_500;
    const { status, headers, body } = await call('POST', '/personas', { body: persona });
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('31');
    expect(body).toMatchObject({
      error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null },
    });
    nowMs += 31_000;
    expect((await call('POST', '/personas', { body: persona })).status).toBe(201);
  });

  it('is kept per key', async () => {
    const { call } = await useMavera({ requestsPerMinute: 1 });
    const other = { authorization: `Bearer mvra_live_${'b'.repeat(30)}` };
    expect((await call('GET', '/usage')).status).toBe(200);
    expect((await call('GET', '/usage', other)).status).toBe(200);
    expect((await call('GET', '/usage', other)).status).toBe(429);
  });

  it('does not count a call without a valid key', async () => {
    const { mavera, call } = await useMavera({ requestsPerMinute: 1 });
    const refused = await call('GET', '/usage', { authorization: 'Bearer nonsense' });
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('1');
    expect((await call('GET', '/usage')).status).toBe(200);
    expect(mavera.peaks().callsPerWindow).toBe(1);
  });
});

describe('what the simulator counts', () => {
  it('the greatest number of calls within any 60 seconds, refused ones included', async () => {
    let nowMs = startMs;
    const { mavera, call } = await useMavera({ requestsPerMinute: 2, now: () => nowMs });
    for (const afterMs of [0, 30_000, 59_999, 60_000, 89_999, 200_000]) {
      nowMs = startMs + afterMs;
      await call('GET', '/usage');
    }
    expect(mavera.peaks().callsPerWindow).toBe(4);
  });

  it('every call with its time, masked key, bodies and status', async () => {
    const { mavera, call } = await useMavera({ now: () => startMs });
    await call('POST', '/personas?debug=1', { body: persona });
    await call('POST', '/personas', { body: '{"name"', authorization: null });
    const [first, second] = mavera.calls();
    expect(first).toMatchObject({
      atMs: startMs,
      key: 'mvra_live_…wxyz',
      method: 'POST',
      path: '/personas',
      query: 'debug=1',
      requestBody: persona,
      outcome: 'answered',
      status: 201,
      responseBody: { object: 'custom_persona', name: 'Enterprise CMO' },
    });
    expect(second).toMatchObject({ key: '', requestBody: '{"name"', status: 401 });
    expect(JSON.stringify(mavera.calls())).not.toContain(apiKey);
  });

  it('the usage, in the shape of GET /usage', async () => {
    const { call } = await useMavera({ monthlyCredits: 1_200, requestsPerMinute: 120, now: () => startMs });
    await call('POST', '/personas', { body: persona });
    await call('POST', '/personas', { body: {} });
    const { body } = await call('GET', '/usage');
    expect(body).toMatchObject({
      object: 'usage',
      billing_period: { start: '2026-11-01T00:00:00.000Z', end: '2026-11-30T23:59:59.999Z' },
      credits: { used: 300, included: 1_200, remaining: 900, percentage_used: 25 },
      api_requests: { total_requests: 2, credits_used: 300, error_count: 1, avg_latency_ms: 0 },
      rate_limit: { requests_per_minute: 120 },
      auto_recharge: { enabled: false },
      limits: { budget_alert: null, usage_limit: null },
    });
  });

  it('the same calls give the same ids and latencies in each run', async () => {
    const waits: number[][] = [];
    const ids: unknown[] = [];
    for (const run of [0, 1]) {
      const waited: number[] = [];
      const sleep = async (ms: number): Promise<void> => void waited.push(ms);
      const { mavera, call } = await useMavera({ now: () => startMs, latency: {}, sleep });
      await call('POST', '/personas', { body: persona });
      await call('POST', '/mave/chat', { body: { message: 'hello' } });
      waits[run] = waited;
      ids[run] = [mavera.personas()[0]?.id, mavera.threads()[0]?.id];
    }
    expect(waits[0]).toEqual(waits[1]);
    expect(waits[0]).toHaveLength(2);
    expect(ids[0]).toEqual(ids[1]);
  });

  it.each([
    ['a fixed latency', { personas: 75 }, 75, 75],
    ['a range', { personas: [100, 200] as const }, 100, 200],
    ['one for all calls', [5, 6] as const, 5, 6],
    ['the default', {}, 40, 120],
  ])('a persona takes %s', async (_what, latency, leastMs, mostMs) => {
    const waited: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waited.push(ms);
    const { call } = await useMavera({ latency, sleep });
    await call('POST', '/personas', { body: persona });
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeGreaterThanOrEqual(leastMs);
    expect(waited[0]).toBeLessThanOrEqual(mostMs);
  });
});
