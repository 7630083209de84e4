import { describe, expect, it } from 'vitest';
import { type Call, useSegOps } from './segOps.ts';

async function readMembers(call: Call, limit: number): Promise<readonly unknown[]> {
  const members: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await call('GET', `/segments/42/members/?limit=${limit}&cursor=${cursor}`);
    const page = body as { readonly results: readonly unknown[]; readonly next_cursor: string | null };
    members.push(...page.results);
    cursor = page.next_cursor;
  }
  return members;
}

describe('segments', () => {
  it('are read by id', async () => {
    const { call } = await useSegOps();
    expect(await call('GET', '/segments/42/')).toMatchObject({
      status: 200,
      body: {
        id: 42,
        name: 'High LTV Buyers',
        tenant: 'acme',
        member_count: 1_851,
        last_computed_at: '2026-11-20T09:00:00Z',
        definition: { logic: 'AND' },
      },
    });
  });

  it('are listed in pages with an offset', async () => {
    const { call } = await useSegOps();
    const first = (await call('GET', '/segments/?limit=3')).body;
    expect(first).toMatchObject({
      count: 4,
      previous: null,
      next: '/api/segments/?limit=3&offset=3',
      results: [{ id: 42 }, { id: 57 }, { id: 61 }],
    });
    expect((await call('GET', '/segments/?limit=3&offset=3')).body).toMatchObject({
      next: null,
      previous: '/api/segments/?limit=3&offset=0',
      results: [{ id: 70 }],
    });
  });

  it.each(['/segments/43/', '/segments/abc/', '/segments/43/members/', '/segments/42', '/unknown/'])(
    'do not have %s',
    async (path) => {
      const { call } = await useSegOps();
      expect(await call('GET', path)).toMatchObject({ status: 404, body: { detail: 'Not found.' } });
    },
  );
});

describe('the members of a segment', () => {
  it('come in pages with a cursor, each once, in the same order', async () => {
    const { segops, call } = await useSegOps();
    const members = await readMembers(call, 1_000);
    expect(members).toEqual(segops.segments()[0]?.members);
    expect(new Set(members).size).toBe(1_851);
    expect(await readMembers(call, 617)).toEqual(members);
  });

  it('are user ids, or by option objects, because SegOps does not document their form', async () => {
    const first = async (memberForm: 'id' | 'object'): Promise<unknown> => {
      const { call } = await useSegOps({ memberForm });
      return (await call('GET', '/segments/57/members/?limit=1')).body;
    };
    expect(await first('id')).toEqual({
      results: ['u_1010'],
      next_cursor: expect.any(String),
      count: 96,
    });
    expect(await first('object')).toMatchObject({ results: [{ user_id: 'u_1010' }] });
  });

  it('are none of an empty segment', async () => {
    const { call } = await useSegOps();
    expect((await call('GET', '/segments/70/members/')).body).toEqual({
      results: [],
      next_cursor: null,
      count: 0,
    });
  });

  it.each(['limit=0', 'limit=1001', 'limit=many', 'cursor=wrong'])('are refused for %s', async (query) => {
    const { call } = await useSegOps();
    const { status, body } = await call('GET', `/segments/42/members/?${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({ [query.replace(/=.*/, '')]: [expect.any(String)] });
  });
});

describe('the membership of a user', () => {
  it('is kept for 5 minutes, and says so', async () => {
    let nowMs = 0;
    const { segops, call } = await useSegOps({ now: () => nowMs });
    const read = async (): Promise<unknown> =>
      (await call('GET', '/segments/membership/?user_id=u_1016')).body;
    expect(await read()).toEqual({ user_id: 'u_1016', segment_ids: [42, 57], cached: false });
    await segops.recompute(57, ['u_1010']);
    nowMs = 299_999;
    expect(await read()).toEqual({ user_id: 'u_1016', segment_ids: [42, 57], cached: true });
    nowMs = 300_000;
    expect(await read()).toEqual({ user_id: 'u_1016', segment_ids: [42], cached: false });
  });

  it('has no segment for a user that SegOps never saw', async () => {
    const { call } = await useSegOps();
    expect((await call('GET', '/segments/membership/?user_id=nobody')).body).toEqual({
      user_id: 'nobody',
      segment_ids: [],
      cached: false,
    });
  });

  it('needs a user id', async () => {
    const { call } = await useSegOps();
    expect(await call('GET', '/segments/membership/')).toMatchObject({
      status: 400,
      body: { user_id: ['This field is required.'] },
    });
  });
});

describe('SegOps refuses', () => {
  it('no key, a wrong key and a token of another kind with 401, a key for browsers with 403', async () => {
    const { segops, call } = await useSegOps();
    const statusOf = async (authorization: string | null): Promise<number> =>
      (await call('GET', '/segments/42/', undefined, authorization)).status;
    expect(await statusOf(null)).toBe(401);
    expect(await statusOf('ApiKey sk_wrong')).toBe(401);
    expect(await statusOf(`Bearer ${segops.apiKey}`)).toBe(401);
    expect(await statusOf('ApiKey pk_of-a-browser')).toBe(403);
  });

  it('calls over the limit of a minute, and says when to come back', async () => {
    let nowMs = 0;
    const { call } = await useSegOps({ requestsPerMinute: 2, now: () => nowMs });
    await call('GET', '/segments/42/');
    nowMs = 20_000;
    await call('GET', '/segments/42/');
    const refused = await call('GET', '/segments/42/');
    expect(refused).toMatchObject({ status: 429, body: { detail: expect.stringContaining('40 seconds') } });
    expect(refused.headers.get('retry-after')).toBe('40');
    nowMs = 60_000;
    expect((await call('GET', '/segments/42/')).status).toBe(200);
  });

  it('a method that a path does not have', async () => {
    const { call } = await useSegOps();
    expect((await call('DELETE', '/segments/42/')).status).toBe(405);
  });

  it('what a fault says, in its own form of errors', async () => {
    const { segops, call } = await useSegOps();
    segops.inject({ kind: 'status', status: 503, retryAfter: 7, path: '/segments/*/members/' });
    expect((await call('GET', '/segments/42/')).status).toBe(200);
    const refused = await call('GET', '/segments/42/members/');
    expect(refused).toMatchObject({ status: 503, body: { detail: expect.any(String) } });
    expect(refused.headers.get('retry-after')).toBe('7');
    expect((await call('GET', '/segments/42/members/')).status).toBe(200);
  });
});
