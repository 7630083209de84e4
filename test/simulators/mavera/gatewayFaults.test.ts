import { describe, expect, it } from 'vitest';
import { gate, persona, question, useMavera } from './mavera.ts';

const statuses = [408, 502, 503, 504, 520, 522] as const;

describe('a gateway in front of Mavera', () => {
  it.each(statuses)('answers %i in HTML although the work was done and billed', async (status) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'html', status, work: 'done' });
    const answer = await call('POST', '/personas', { body: persona });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.body).toBeUndefined();
    expect(mavera.personas()).toMatchObject([{ name: persona.name }]);
    expect(mavera.credits().used).toBe(300);
  });

  it.each([...statuses, 200, 401, 403, 404, 413, 429])(
    'answers %i in HTML with nothing done and nothing billed',
    async (status) => {
      const { mavera, call } = await useMavera();
      mavera.inject({ kind: 'html', status });
      const { status: answered, text } = await call('POST', '/personas', { body: persona });
      expect(answered).toBe(status);
      expect(text).toMatch(new RegExp(`<h1>${status} `));
      expect(mavera.personas()).toEqual([]);
      expect(mavera.credits().used).toBe(0);
    },
  );

  it('answers before the work is done, which is then done', async () => {
    const working = gate();
    const { mavera, call } = await useMavera({ sleep: () => working.passed });
    mavera.inject({ kind: 'html', status: 504, work: 'later', delayMs: 5_000 });
    expect((await call('POST', '/personas', { body: persona })).status).toBe(504);
    expect(mavera.personas()).toEqual([]);
    working.open();
    await expect.poll(() => mavera.personas()).toHaveLength(1);
  });

  it('sends none of the headers of Mavera, and Retry-After when it is asked to', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'html', status: 429, retryAfter: 30 });
    const { headers } = await call('GET', '/usage');
    expect(headers.get('retry-after')).toBe('30');
    expect(headers.get('x-ratelimit-limit')).toBeNull();
  });

  it('redirects to a login page, with nothing done', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'redirect' });
    const { status, headers } = await call('POST', '/personas', { body: persona, redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, '/login']);
    expect(mavera.personas()).toEqual([]);
  });
});

describe('an answer of Mavera', () => {
  it('may begin with a byte order mark, with the work done', async () => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'byte-order-mark' });
    const { status, bytes } = await call('POST', '/mave/chat', { body: question });
    expect(status).toBe(200);
    expect([...bytes.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, '{'.charCodeAt(0)]);
    expect(mavera.threads()).toHaveLength(1);
  });

  it.each([
    ['none', 0],
    ['done', 300],
  ] as const)('may be 200 with an error of an unknown code, with %s of the work', async (work, credits) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'error-in-200', code: 'upstream_confused', work });
    const { status, body } = await call('POST', '/personas', { body: persona });
    expect(status).toBe(200);
    expect(body).toMatchObject({ error: { code: 'upstream_confused' } });
    expect(mavera.credits().used).toBe(credits);
  });

  it.each([500, 503])('may be %i in the envelope although the work was done and billed', async (status) => {
    const { mavera, call } = await useMavera();
    mavera.inject({ kind: 'status', status, work: 'done' });
    expect((await call('POST', '/personas', { body: persona })).status).toBe(status);
    expect(mavera.personas()).toHaveLength(1);
    expect(mavera.credits().used).toBe(300);
  });
});
