import { describe, expect, it } from 'vitest';
import { gate, question, useMavera } from './mavera.ts';

describe('POST /mave/chat', () => {
  it('answers 200 with the mave_message object of the API reference', async () => {
    const { call } = await useMavera({ now: () => Date.parse('2026-11-20T08:00:00.250Z') });
    const { status, body } = await call('POST', '/mave/chat', { body: question });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^c[a-z0-9]{24}$/),
      object: 'mave_message',
      thread_id: expect.stringMatching(/^c[a-z0-9]{24}$/),
      role: 'assistant',
      content: expect.stringContaining('starter plan'),
      sources: expect.arrayContaining([
        { title: expect.any(String), url: expect.stringMatching(/^https:/), domain: expect.any(String) },
      ]),
      personas_used: [{ id: expect.any(String), name: expect.any(String) }],
      usage: { credits_used: 13 },
      created_at: '2026-11-20T08:00:00.250Z',
    });
  });

  it.each([
    [1, 10],
    [39, 11],
    [200, 20],
    [1_300, 75],
    [100_000, 75],
  ])('a message of %i characters costs %i credits', async (length, credits) => {
    const { mavera, call } = await useMavera();
    const { body } = await call('POST', '/mave/chat', { body: { message: 'x'.repeat(length) } });
    expect(body).toMatchObject({ usage: { credits_used: credits } });
    expect(mavera.credits().used).toBe(credits);
  });

  it('answers a message of a few words with a question', async () => {
    const { mavera, call } = await useMavera();
    const { body } = await call('POST', '/mave/chat', { body: { message: 'Why churn?' } });
    expect(body).toHaveProperty('content', expect.stringMatching(/^Could you tell me more.*\?/));
    expect(mavera.threads()[0]).toMatchObject({ current_phase: 'TRIAGE', complexity: 'SIMPLE' });
  });

  it('opens a thread, and continues the one that is named', async () => {
    const { mavera, call } = await useMavera();
    const first = await call('POST', '/mave/chat', { body: { ...question, workspace_id: 'ws_abc123' } });
    const { thread_id } = first.body as { thread_id: string };
    const second = await call('POST', '/mave/chat', { body: { message: 'And after that?', thread_id } });
    expect(second.body).toMatchObject({ thread_id });
    expect(mavera.threads()).toHaveLength(1);
    expect(mavera.threads()[0]).toMatchObject({
      workspace_id: 'ws_abc123',
      credits_used: 23,
      message_count: 4,
      messages: [{ role: 'user' }, { role: 'assistant' }, { role: 'user' }, { role: 'assistant' }],
    });
  });

  it.each([
    ['no message', {}, 400, 'missing_field', 'message'],
    ['an empty message', { message: '' }, 400, 'invalid_field', 'message'],
    ['a message that is not a string', { message: ['hi'] }, 400, 'invalid_field', 'message'],
    ['a thread id that is not a string', { ...question, thread_id: 7 }, 400, 'invalid_field', 'thread_id'],
    ['a stream flag that is text', { ...question, stream: 'no' }, 400, 'invalid_field', 'stream'],
    ['streaming', { ...question, stream: true }, 400, 'invalid_field', 'stream'],
    ['an unknown thread', { ...question, thread_id: 'clx9unknown' }, 404, 'resource_not_found', null],
  ])('refuses %s', async (_what, body, status, code, param) => {
    const { mavera, call } = await useMavera();
    const answer = await call('POST', '/mave/chat', { body });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code, param } });
    expect(mavera.credits().used).toBe(0);
  });

  it('answers 402 when the credits do not suffice for the message', async () => {
    const { call } = await useMavera({ monthlyCredits: 12 });
    expect((await call('POST', '/mave/chat', { body: question })).status).toBe(402);
  });

  it('concurrent calls cannot overspend', async () => {
    const held = gate();
    const { mavera, call } = await useMavera({ monthlyCredits: 30, latency: 1, sleep: () => held.passed });
    const calls = Array.from({ length: 5 }, () => call('POST', '/mave/chat', { body: question }));
    await expect.poll(() => mavera.calls().filter(({ status }) => status === 402)).toHaveLength(3);
    held.open();
    const statuses = (await Promise.all(calls)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 402, 402, 402]);
    expect(mavera.credits().used).toBe(26);
  });

  it('works on ten messages at a time and refuses the eleventh with 429 and Retry-After', async () => {
    const held = gate();
    const { mavera, call } = await useMavera({ latency: 1, sleep: () => held.passed });
    const ten = Array.from({ length: 10 }, () => call('POST', '/mave/chat', { body: question }));
    await expect.poll(() => mavera.peaks().concurrentMaveCalls).toBe(10);
    const eleventh = await call('POST', '/mave/chat', { body: question });
    expect(eleventh.status).toBe(429);
    expect(eleventh.body).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
    expect(eleventh.headers.get('retry-after')).toBe('1');
    held.open();
    expect((await Promise.all(ten)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await call('POST', '/mave/chat', { body: question })).status).toBe(200);
    expect(mavera.peaks().concurrentMaveCalls).toBe(11);
  });

  it('does and charges the work of a client that has closed the connection', async () => {
    const held = gate();
    const { mavera } = await useMavera({ latency: 1, sleep: () => held.passed });
    const leaving = new AbortController();
    const left = fetch(`${mavera.baseUrl}/mave/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer mvra_live_${'a'.repeat(30)}` },
      body: JSON.stringify(question),
      signal: leaving.signal,
    }).catch(() => 'left');
    await expect.poll(() => mavera.peaks().concurrentMaveCalls).toBe(1);
    leaving.abort();
    expect(await left).toBe('left');
    expect(mavera.threads()).toEqual([]);
    held.open();
    await expect.poll(() => mavera.threads()).toHaveLength(1);
    expect(mavera.credits().used).toBe(13);
  });
});

describe('/mave/threads', () => {
  async function useThreads(count: number) {
    const used = await useMavera();
    for (let number = 1; number <= count; number += 1) {
      await used.call('POST', '/mave/chat', { body: { message: `Question number ${number} of this test` } });
    }
    return used;
  }

  it('lists the most recently used thread first, without messages', async () => {
    const { mavera, call } = await useThreads(2);
    const [oldest] = mavera.threads();
    await call('POST', '/mave/chat', { body: { message: 'Once more', thread_id: oldest?.id } });
    const { status, body } = await call('GET', '/mave/threads');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'list',
      has_more: false,
      next_cursor: null,
      data: [
        { id: oldest?.id, object: 'mave_thread', title: 'Question number 1 of this test', message_count: 4 },
        { title: 'Question number 2 of this test', complexity: 'SIMPLE', workspace_id: 'ws_default' },
      ],
    });
    expect(body).not.toHaveProperty('data.0.messages');
  });

  it('lists 50 per page by default', async () => {
    const { call } = await useMavera({ requestsPerMinute: 1_000 });
    for (let number = 0; number < 51; number += 1) {
      await call('POST', '/mave/chat', { body: { message: 'x' } });
    }
    const { body } = await call('GET', '/mave/threads');
    expect(body).toMatchObject({ has_more: true, next_cursor: expect.any(String) });
    expect(body).toHaveProperty('data.length', 50);
    const all = await call('GET', '/mave/threads?limit=100');
    expect(all.body).toHaveProperty('data.length', 51);
  });

  it('finds threads by title and by workspace', async () => {
    const { call } = await useThreads(2);
    expect((await call('GET', '/mave/threads?search=NUMBER%202')).body).toHaveProperty('data.length', 1);
    expect((await call('GET', '/mave/threads?workspace_id=ws_other')).body).toHaveProperty('data', []);
  });

  it('GET of one thread adds messages, sources and personas', async () => {
    const { mavera, call } = await useThreads(1);
    const { status, body } = await call('GET', `/mave/threads/${mavera.threads()[0]?.id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      messages: [
        { role: 'user', content: 'Question number 1 of this test', persona: null },
        { role: 'assistant', content: expect.any(String), created_at: expect.any(String) },
      ],
      sources: [{ source_type: 'web', domain: expect.any(String) }, { source_type: 'news' }],
      personas_used: [{ name: expect.any(String), category: expect.any(String) }],
    });
  });

  it('PATCH renames a thread, with a title of at most 100 characters', async () => {
    const { mavera, call } = await useThreads(1);
    const path = `/mave/threads/${mavera.threads()[0]?.id}`;
    expect((await call('PATCH', path, { body: { title: 'Churn' } })).body).toMatchObject({ title: 'Churn' });
    expect((await call('PATCH', path, { body: { title: 'x'.repeat(101) } })).status).toBe(400);
    expect((await call('PATCH', path, { body: {} })).body).toMatchObject({ error: { param: 'title' } });
  });

  it('DELETE removes a thread', async () => {
    const { mavera, call } = await useThreads(1);
    const path = `/mave/threads/${mavera.threads()[0]?.id}`;
    expect((await call('DELETE', path)).status).toBe(200);
    expect((await call('GET', path)).status).toBe(404);
  });
});
