import { describe, expect, it } from 'vitest';
import { persona, useMavera } from './mavera.ts';

describe('POST /personas', () => {
  it('answers 201 with the custom_persona object of the API reference', async () => {
    const { call } = await useMavera({ now: () => 1_795_000_000_500 });
    const goals = ['shorten the sales cycle'];
    const weights = { price: 3, timeToValue: 4, risk: 2, proof: 5, support: 3 };
    const { status, body } = await call('POST', '/personas', {
      body: {
        ...persona,
        description: 'Signs.',
        goals,
        mcda_weights: weights,
        buying_stage: 'SOLUTION_AWARE',
      },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      object: 'custom_persona',
      name: 'Enterprise CMO',
      category: 'Custom',
      description: 'Signs.',
      pipeline_type: 'intermediate',
      type: 'B2B',
      is_custom: true,
      created_at: 1_795_000_000,
      credits_charged: 300,
      details: {
        pipeline_type: 'intermediate',
        persona_type: 'B2B',
        buying_stage: 'SOLUTION_AWARE',
        goals,
        mcda_weights: weights,
        pains: [],
        role_title: '',
        is_localized: false,
      },
    });
    expect(body).toHaveProperty('id', expect.stringMatching(/^c[a-z0-9]{24}$/));
  });

  it('charges 300 credits for each, and 402 charges nothing', async () => {
    const { mavera, call } = await useMavera({ monthlyCredits: 500 });
    await call('POST', '/personas', { body: persona });
    expect(mavera.credits()).toEqual({ used: 300, included: 500, remaining: 200 });
    const refused = await call('POST', '/personas', { body: persona });
    expect(refused.status).toBe(402);
    expect(refused.body).toMatchObject({
      error: { type: 'insufficient_credits', code: 'credits_exhausted', param: null },
    });
    expect(mavera.credits().used).toBe(300);
    expect(mavera.personas()).toHaveLength(1);
  });

  it('renews the credits in the next calendar month (UTC)', async () => {
    let nowMs = Date.parse('2026-11-30T23:59:59Z');
    const { mavera, call } = await useMavera({ monthlyCredits: 300, now: () => nowMs });
    await call('POST', '/personas', { body: persona });
    expect(mavera.credits().remaining).toBe(0);
    nowMs += 1_000;
    expect(mavera.credits().remaining).toBe(300);
  });

  it.each([
    ['no name', {}, 'missing_field', 'name'],
    ['a name of one character', { name: 'x' }, 'invalid_field', 'name'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'invalid_field', 'name'],
    ['a name that is not a string', { name: 7 }, 'invalid_field', 'name'],
    ['another pipeline', { ...persona, pipeline_type: 'simple' }, 'invalid_field', 'pipeline_type'],
    ['another type', { ...persona, type: 'B2G' }, 'invalid_field', 'type'],
    ['a list that is text', { ...persona, goals: 'grow' }, 'invalid_field', 'goals'],
    ['a list of numbers', { ...persona, pains: [1] }, 'invalid_field', 'pains'],
    ['weights that are a list', { ...persona, mcda_weights: [1] }, 'invalid_field', 'mcda_weights'],
    ['a description that is null', { ...persona, description: null }, 'invalid_field', 'description'],
    ['a flag that is text', { ...persona, is_localized: 'no' }, 'invalid_field', 'is_localized'],
  ])('refuses %s with 400 and the name of the field', async (_what, body, code, param) => {
    const { mavera, call } = await useMavera();
    const answer = await call('POST', '/personas', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { type: 'invalid_request_error', code, param } });
    expect(mavera.credits().used).toBe(0);
  });
});

describe('GET /personas', () => {
  it('lists the newest custom personas first, then the global ones, without details', async () => {
    const { call } = await useMavera();
    await call('POST', '/personas', { body: { ...persona, name: 'First' } });
    await call('POST', '/personas', { body: { ...persona, name: 'Second' } });
    const { status, body } = await call('GET', '/personas');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'list',
      has_more: false,
      next_cursor: null,
      data: [
        { object: 'persona', name: 'Second', is_custom: true },
        { object: 'persona', name: 'First', is_custom: true },
        { is_custom: false, category: 'Generational' },
        { is_custom: false },
        { is_custom: false, category: 'IndustrySpecific', is_expert: true },
      ],
    });
    expect(body).not.toHaveProperty('data.0.details');
  });

  it.each([
    ['custom personas only', '?is_custom=true', ['Run 7f3a']],
    ['a category', '?category=IndustrySpecific', ['B2B SaaS Buyer']],
    ['a search in the name', '?search=run%207F3A', ['Run 7f3a']],
    ['a search in the description', '?search=marker-9c', ['Run 7f3a']],
    ['a search that finds nothing', '?search=nobody', []],
  ])('filters by %s', async (_what, query, names) => {
    const { call } = await useMavera();
    await call('POST', '/personas', { body: { name: 'Run 7f3a', description: 'marker-9c' } });
    const { body } = await call('GET', `/personas${query}`);
    expect((body as { data: { name: string }[] }).data.map(({ name }) => name)).toEqual(names);
  });

  it('lists every persona once over all pages', async () => {
    const { call } = await useMavera();
    for (const name of ['one', 'two', 'three']) {
      await call('POST', '/personas', { body: { name } });
    }
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await call('GET', `/personas?is_custom=true&limit=2${query}`)).body as {
        readonly data: readonly { readonly name: string }[];
        readonly has_more: boolean;
        readonly next_cursor: string | null;
      };
      expect(page.has_more).toBe(page.next_cursor !== null);
      names.push(...page.data.map(({ name }) => name));
      cursor = page.next_cursor;
    }
    expect(names).toEqual(['three', 'two', 'one']);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=many', 'limit'],
    ['cursor=bogus', 'cursor'],
    ['is_custom=maybe', 'is_custom'],
  ])('refuses ?%s', async (query, param) => {
    const { call } = await useMavera();
    const { status, body } = await call('GET', `/personas?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'invalid_field', param } });
  });
});

describe('/personas/{id}', () => {
  async function usePersona() {
    const used = await useMavera();
    const { body } = await used.call('POST', '/personas', { body: { ...persona, goals: ['grow'] } });
    return { ...used, id: (body as { id: string }).id };
  }

  it('GET answers the custom_persona object', async () => {
    const { mavera, call, id } = await usePersona();
    const { status, body } = await call('GET', `/personas/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual(mavera.personas()[0]);
  });

  it('PATCH changes what is sent, keeps the rest, and costs nothing', async () => {
    const { mavera, call, id } = await usePersona();
    const changes = { name: 'Renamed CMO', pains: ['slow reports'] };
    const { status, body } = await call('PATCH', `/personas/${id}`, { body: changes });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      name: 'Renamed CMO',
      details: { goals: ['grow'], pains: ['slow reports'] },
    });
    expect(mavera.credits().used).toBe(300);
  });

  it('PATCH refuses a name that is too short', async () => {
    const { call, id } = await usePersona();
    const { status, body } = await call('PATCH', `/personas/${id}`, { body: { name: 'x' } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'invalid_field', param: 'name' } });
  });

  it('DELETE removes it', async () => {
    const { mavera, call, id } = await usePersona();
    expect((await call('DELETE', `/personas/${id}`)).status).toBe(200);
    expect((await call('GET', `/personas/${id}`)).status).toBe(404);
    expect(mavera.personas()).toEqual([]);
  });

  it.each(['GET', 'PATCH', 'DELETE'])('%s of an unknown persona answers 404', async (method) => {
    const { call } = await useMavera();
    const { status, body } = await call(method, '/personas/clx9unknown00000000000000');
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { code: 'resource_not_found' } });
  });

  it.each(['PATCH', 'DELETE'])('%s of a global persona answers 403', async (method) => {
    const { call } = await useMavera();
    const list = await call('GET', '/personas?is_custom=false&limit=1');
    const { id } = (list.body as { data: [{ id: string }] }).data[0];
    expect((await call('GET', `/personas/${id}`)).status).toBe(200);
    const { status, body } = await call(method, `/personas/${id}`);
    expect(status).toBe(403);
    expect(body).toMatchObject({ error: { code: 'forbidden' } });
  });
});
