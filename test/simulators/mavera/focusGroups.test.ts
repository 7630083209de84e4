import { describe, expect, it } from 'vitest';
import { globalPersonas } from '../../../simulators/mavera/resources/globalPersonas.ts';
import type { MaveraSimulatorOptions } from '../../../simulators/mavera/simulator.ts';
import { gate, persona, useMavera } from './mavera.ts';

const startMs = Date.parse('2026-11-20T10:00:00.000Z');
const group = { workspace_id: 'ws_abc123', name: 'Pricing' };

/** A simulator whose clock the test moves. */
async function useClock(options: MaveraSimulatorOptions = {}) {
  let nowMs = startMs;
  const used = await useMavera({ focusGroupMs: 1_000, now: () => nowMs, ...options });
  const moveTo = (afterMs: number): void => {
    nowMs = startMs + afterMs;
  };
  const create = async (body: object = group): Promise<string> => {
    const answer = await used.call('POST', '/focus-groups', { body });
    return (answer.body as { id: string }).id;
  };
  return { ...used, moveTo, create };
}

describe('POST /focus-groups', () => {
  it('answers 201 with a pending focus group', async () => {
    const { call } = await useClock();
    const { status, body } = await call('POST', '/focus-groups', { body: group });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^c[a-z0-9]{24}$/),
      object: 'focus_group',
      name: 'Pricing',
      status: 'pending',
      workspace_id: 'ws_abc123',
      created_at: startMs / 1000,
      completed_at: null,
    });
  });

  it('answers pending even if the generation takes no time', async () => {
    const { call } = await useClock({ focusGroupMs: 0 });
    expect((await call('POST', '/focus-groups', { body: group })).body).toMatchObject({ status: 'pending' });
  });

  it('accepts any body with a workspace', async () => {
    const { call } = await useClock();
    const body = { workspace_id: 'ws_1', name: 7, questions: 'many', personas: { a: 1 }, anything: [null] };
    const answer = await call('POST', '/focus-groups', { body });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ name: 'Focus group' });
  });

  it.each([
    ['no workspace', {}, 'missing_field'],
    ['an empty workspace', { workspace_id: '' }, 'invalid_field'],
    ['a workspace that is not a string', { workspace_id: 7 }, 'invalid_field'],
  ])('refuses %s with 400', async (_what, body, code) => {
    const { mavera, call } = await useClock();
    const answer = await call('POST', '/focus-groups', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code, param: 'workspace_id' } });
    expect(mavera.focusGroups()).toEqual([]);
  });

  it.each([
    ['nothing', {}, 50],
    ['5 questions', { questions: Array(5).fill('Why?') }, 60],
    ['3 persona ids', { persona_ids: ['a', 'b', 'c'] }, 65],
    ['3 personas and 5 questions', { personas: [{ id: 'a' }, null, 'c'], questions: Array(5).fill({}) }, 75],
    ['100 questions', { questions: Array(100).fill('Why?') }, 200],
  ])('%s cost: %j is charged %i credits at creation', async (_what, body, credits) => {
    const { mavera, create } = await useClock();
    await create({ ...group, ...body });
    expect(mavera.credits().used).toBe(credits);
  });

  it('answers 402 when the credits do not suffice, and creates nothing', async () => {
    const { mavera, call } = await useClock({ monthlyCredits: 49 });
    expect((await call('POST', '/focus-groups', { body: group })).status).toBe(402);
    expect(mavera.focusGroups()).toEqual([]);
  });

  it('takes its own time, apart from the generation', async () => {
    const waited: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waited.push(ms);
    const { call } = await useMavera({ latency: { focusGroups: 30 }, sleep });
    await call('POST', '/focus-groups', { body: group });
    expect(waited).toEqual([30]);
  });

  it('exists although its client did not get the answer', async () => {
    const { mavera, call } = await useClock();
    mavera.inject({ kind: 'cut-after', path: '/focus-groups' });
    await expect(call('POST', '/focus-groups', { body: group })).rejects.toThrow();
    expect(mavera.focusGroups()).toMatchObject([{ name: 'Pricing', status: 'pending' }]);
    expect(mavera.credits().used).toBe(50);
  });
});

describe('GET /focus-groups/:id', () => {
  it.each([
    [0, 'pending'],
    [249, 'pending'],
    [250, 'processing'],
    [999, 'processing'],
    [1_000, 'completed'],
    [86_400_000, 'completed'],
  ])('after %i ms of 1,000 it is %s', async (afterMs, status) => {
    const { call, create, moveTo } = await useClock();
    const id = await create();
    moveTo(afterMs);
    const answer = await call('GET', `/focus-groups/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ id, status });
  });

  it('has neither results nor usage until it is completed', async () => {
    const { call, create, moveTo } = await useClock();
    const path = `/focus-groups/${await create()}`;
    moveTo(999);
    const { body } = await call('GET', path);
    expect(body).toMatchObject({ completed_at: null });
    expect(body).not.toHaveProperty('results');
    expect(body).not.toHaveProperty('usage');
    expect(body).not.toHaveProperty('error');
  });

  it('has results by question and persona, and its credits, when it is completed', async () => {
    const { mavera, call, create, moveTo } = await useClock();
    await call('POST', '/personas', { body: persona });
    const custom = mavera.personas()[0]?.id;
    const global = globalPersonas[0]?.id;
    const questions = ['Why?', { question: 'How much?' }, { text: 'When?' }];
    const id = await create({ ...group, persona_ids: [custom, global, 'gone'], questions });
    moveTo(1_000);
    const { body } = await call('GET', `/focus-groups/${id}`);
    expect(body).toMatchObject({
      status: 'completed',
      completed_at: startMs / 1000 + 1,
      usage: { credits_used: 71 },
      results: {
        summary: '3 personas answered 3 questions.',
        nps: expect.any(Number),
        themes: expect.arrayContaining([expect.any(String)]),
        questions: [
          {
            question: 'Why?',
            mean: 7,
            responses: [
              { persona_id: custom, persona_name: 'Enterprise CMO', score: 5, reasoning: expect.any(String) },
              { persona_id: global, persona_name: 'Gen Z Consumer', score: 7 },
              { persona_id: 'gone', persona_name: 'Unknown persona', score: 9 },
            ],
          },
          { question: 'How much?' },
          { question: 'When?' },
        ],
      },
    });
  });

  it('has the global personas if the body names none', async () => {
    const { mavera, create, moveTo } = await useClock();
    await create({ ...group, questions: ['Why?'] });
    moveTo(1_000);
    expect(mavera.focusGroups()[0]?.results?.questions[0]?.responses).toHaveLength(globalPersonas.length);
  });

  it('ends as failed, with an error, if the body asks for it', async () => {
    const { call, create, moveTo } = await useClock();
    const path = `/focus-groups/${await create({ ...group, simulate_failure: true })}`;
    expect((await call('GET', path)).body).toMatchObject({ status: 'pending' });
    moveTo(1_000);
    const { status, body } = await call('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'failed',
      error: 'The focus group could not be generated.',
      usage: { credits_used: 50 },
    });
    expect(body).not.toHaveProperty('results');
  });

  it('answers 404 for an unknown one', async () => {
    const { call } = await useClock();
    expect((await call('GET', '/focus-groups/clx9unknown')).body).toMatchObject({
      error: { code: 'resource_not_found' },
    });
  });

  it('completes after 0.4 s by default, on the real clock', async () => {
    const { mavera, call } = await useMavera();
    const { body } = await call('POST', '/focus-groups', { body: group });
    expect(mavera.focusGroups()).toMatchObject([{ status: 'pending' }]);
    await expect
      .poll(async () => (await call('GET', `/focus-groups/${(body as { id: string }).id}`)).body)
      .toMatchObject({ status: 'completed' });
  });
});

describe('GET /focus-groups', () => {
  it('lists the newest first, without results', async () => {
    const { call, create, moveTo } = await useClock();
    const older = await create({ ...group, name: 'Older' });
    moveTo(1_000);
    const newer = await create({ ...group, name: 'Newer' });
    const { status, body } = await call('GET', '/focus-groups');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'list',
      data: [
        { id: newer, object: 'focus_group', name: 'Newer', status: 'pending' },
        { id: older, name: 'Older', status: 'completed' },
      ],
      has_more: false,
      next_cursor: null,
    });
    expect(body).not.toHaveProperty('data.1.results');
  });

  it('pages with limit and cursor, and finds by workspace', async () => {
    const { call, create } = await useClock();
    const ids = [await create(), await create(), await create({ workspace_id: 'ws_other' })];
    const first = await call('GET', '/focus-groups?limit=2');
    expect(first.body).toMatchObject({ data: [{ id: ids[2] }, { id: ids[1] }], has_more: true });
    const { next_cursor } = first.body as { next_cursor: string };
    const second = await call('GET', `/focus-groups?limit=2&cursor=${next_cursor}`);
    expect(second.body).toMatchObject({ data: [{ id: ids[0] }], has_more: false });
    const others = await call('GET', '/focus-groups?workspace_id=ws_other');
    expect(others.body).toMatchObject({ data: [{ id: ids[2] }] });
    expect(others.body).toHaveProperty('data.length', 1);
  });
});

describe('the cap on generations', () => {
  it('refuses the sixth with 429 and Retry-After, and accepts it when one is finished', async () => {
    const { mavera, call, create, moveTo } = await useClock();
    await create();
    moveTo(400);
    for (let number = 2; number <= 5; number += 1) {
      await create();
    }
    const sixth = await call('POST', '/focus-groups', { body: group });
    expect(sixth.status).toBe(429);
    expect(sixth.headers.get('retry-after')).toBe('1');
    expect(sixth.body).toMatchObject({
      error: {
        code: 'rate_limit_exceeded',
        message: 'Too many concurrent generations of /focus-groups (limit 5).',
      },
    });
    expect(mavera.peaks().concurrentFocusGroups).toBe(6);
    expect(mavera.credits().used).toBe(250);
    moveTo(999);
    expect((await call('POST', '/focus-groups', { body: group })).status).toBe(429);
    moveTo(1_000);
    expect((await call('POST', '/focus-groups', { body: group })).status).toBe(201);
    expect(mavera.focusGroups()).toHaveLength(6);
  });

  it('counts those whose call is still under way', async () => {
    const held = gate();
    const { mavera, call } = await useClock({
      focusGroupConcurrency: 2,
      latency: 1,
      sleep: () => held.passed,
    });
    const calls = Array.from({ length: 3 }, () => call('POST', '/focus-groups', { body: group }));
    await expect.poll(() => mavera.peaks().concurrentFocusGroups).toBe(3);
    held.open();
    expect((await Promise.all(calls)).map(({ status }) => status).sort()).toEqual([201, 201, 429]);
  });

  it('is on generations, not on polls', async () => {
    const { mavera, call, create } = await useClock({ focusGroupConcurrency: 1 });
    const path = `/focus-groups/${await create()}`;
    const looks = await Promise.all(Array.from({ length: 8 }, () => call('GET', path)));
    expect(looks.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(mavera.peaks().concurrentFocusGroups).toBe(1);
  });

  it('is in the state of the simulator', async () => {
    const { mavera, create, moveTo } = await useClock();
    await create();
    moveTo(1_000);
    await create();
    const response = await fetch(new URL('/__simulator/state', mavera.baseUrl));
    expect(await response.json()).toMatchObject({
      focusGroups: 2,
      generatingFocusGroups: 1,
      peaks: { concurrentFocusGroups: 1 },
    });
  });
});
