import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askMave, createPersona, defineTriggers, respondAs, runFocusGroup } from '../../functions/index.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import type { HandledDelivery } from '../../functions/run/handleDelivery.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const when = 'event = "x"';
let globalPersonaId = '';
let name = 'As first written';

const budget = { credits: 1_000, per: 'month' } as const;
const triggers = defineTriggers([
  { name: 'ask', when, run: askMave(() => ({ message: 'Why did they leave?' })), budget },
  { name: 'persona', when, run: createPersona(() => ({ name, description: 'Leaves.' })), budget },
  {
    name: 'respond',
    when,
    run: respondAs(() => ({ input: 'Would you stay?' }), {
      personaId: () => globalPersonaId,
      estimatedCredits: 200,
    }),
    budget,
  },
  {
    name: 'group',
    when,
    run: runFocusGroup(() => ({ workspace_id: 'ws_1', name: 'Why they left' }), {
      pollEvery: '5s',
      timeout: '5m',
    }),
    budget,
  },
]);

let world: World;
let runner: TestRunner;
/** How far the clock of the runner is ahead of the real time, so that a test does not have to wait. */
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;
const hourMs = 3_600_000;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  aheadMs = 0;
  name = 'As first written';
  runner = await startTestRunner(world, triggers, {
    now,
    onTrouble: () => undefined,
    simulator: { now, focusGroupMs: 60_000, monthlyCredits: 100_000 },
  });
  const response = await fetch(`${runner.mavera.baseUrl}/personas`, {
    headers: { authorization: 'Bearer mvra_live_0123456789abcdef0123456789abcdef' },
  });
  const list = (await response.json()) as { readonly data: readonly { readonly id: string }[] };
  globalPersonaId = list.data[0]?.id ?? '';
});

afterEach(() => runner.stop());

function runOf(trigger: string): RunMessage {
  const run = runner.runOf(trigger);
  return { ...run, deadlineAtMs: run.receivedAtMs + 96 * hourMs };
}

/** Delivers a run again and again, with the clock set forward each time, until the run no longer waits. */
async function deliverToEnd(run: RunMessage): Promise<HandledDelivery> {
  let handled = await runner.deliver(run);
  for (let deliveries = 0; handled.outcome === 'waiting' && deliveries < 100; deliveries += 1) {
    aheadMs += (handled.waitMs ?? 0) + 1_000;
    handled = await runner.deliver({ ...run, notBeforeMs: 0 });
  }
  return handled;
}

const callsTo = (method: string, path: string): number =>
  runner.mavera.calls().filter((call) => call.method === method && call.path.startsWith(path)).length;

async function spent(trigger: string): Promise<unknown> {
  const month = new Date(now()).toISOString().slice(0, 7);
  return await world.item(`budget#${trigger}#${month}`, runner.table);
}

/** Makes a new deployment with these triggers. */
function deploy(changed: readonly Trigger[]): void {
  const byName = new Map(changed.map((trigger) => [trigger.name, trigger]));
  runner.dependencies = { ...runner.dependencies, triggers: byName };
}

describe('a backlog in which an answer is lost', () => {
  it('a run whose answer was lost takes no slot before the search for it can begin', async () => {
    const paceOf = (): Promise<unknown> => world.item('pace#mavera', runner.table);
    const slotAtMs = now();
    const crowd = { nowMs: slotAtMs, intervalMs: 20_000, horizonMs: 60_000 };
    await runner.dependencies.pace.takeSlots({ ...crowd, count: 2 });
    const before = await paceOf();
    runner.mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after' });

    const handled = await runner.deliver({ ...runOf('persona'), slotAtMs });

    expect(handled).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    expect(await paceOf()).toEqual(before);
  });
});

describe('credits of a call that Mavera may have billed', () => {
  it('each call whose outcome Mavera does not tell stays in the budget with its estimate', async () => {
    runner.mavera.inject({ path: '/responses', kind: 'cut-after', times: 1 });
    expect(await deliverToEnd(runOf('respond'))).toMatchObject({ outcome: 'done' });
    const { creditsUsed = 0 } = (await runner.published())[0] as { creditsUsed?: number };
    expect(await spent('respond')).toMatchObject({ spentCredits: 200 + creditsUsed });
  });

  it('the credits of lost calls stay in the budget when the run fails, and the failure says what is known', async () => {
    runner.mavera.inject({ path: '/responses', kind: 'cut-after', times: 10 });
    expect(await deliverToEnd(runOf('respond'))).toMatchObject({ reason: 'attempts_exhausted' });
    expect(await spent('respond')).toMatchObject({ committedCredits: 600, spentCredits: 600 });
    expect((await runner.deadLetters())[0]?.detail).toContain('it is not known whether Mavera did the work');
  });

  it('the credits of lost calls never exceed the budget: the next call reserves its own credits', async () => {
    runner.mavera.inject({ path: '/responses', kind: 'cut-after', times: 10 });
    const month = new Date(now()).toISOString().slice(0, 7);
    const key = `budget#respond#${month}`;
    const run = runOf('respond');
    let handled = await runner.deliver(run);
    for (let deliveries = 0; handled.outcome === 'waiting' && deliveries < 30; deliveries += 1) {
      aheadMs += (handled.waitMs ?? 0) + 1_000;
      handled = await runner.deliver({ ...run, notBeforeMs: 0 });
      const item = (await world.item(key, runner.table)) as { committedCredits?: number } | undefined;
      expect(item?.committedCredits ?? 0).toBeLessThanOrEqual(budget.credits);
    }
  });

  it('the credits of a call that was answered 500 count, and the next call reserves its own', async () => {
    runner.mavera.inject({ path: '/mave/chat', kind: 'status', status: 500, times: 2 });
    expect(await deliverToEnd(runOf('ask'))).toMatchObject({ outcome: 'done' });
    const { creditsUsed = 0 } = (await runner.published())[0] as { creditsUsed?: number };
    expect(await spent('ask')).toMatchObject({ spentCredits: 100 + creditsUsed });
  });
});

describe('a persona that was created behind a gateway', () => {
  it.each([502, 504, 520, 408])(
    'a persona is found and not created again after an HTML page of status %d',
    async (status) => {
      runner.mavera.inject({ path: '/personas', method: 'POST', kind: 'html', status, work: 'done' });
      expect(await deliverToEnd(runOf('persona'))).toMatchObject({ outcome: 'done', recovery: 'found' });
      expect(runner.mavera.personas()).toHaveLength(1);
      expect(await spent('persona')).toMatchObject({ spentCredits: 300 });
    },
  );

  it.each([401, 403, 404])(
    'an HTML page of status %d means that no persona was created, and all runs wait',
    async (status) => {
      runner.mavera.inject({ path: '/personas', method: 'POST', kind: 'html', status });
      const run = runOf('persona');
      expect(await runner.deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'mavera_blocked' });
      expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done' });
      expect(runner.mavera.personas()).toHaveLength(1);
    },
  );
});

describe('a focus group that is polled late', () => {
  it('a focus group is polled once more after a pause longer than its timeout, and its result is used', async () => {
    const run = runOf('group');
    expect(await runner.deliver(run)).toMatchObject({ reason: 'focus_group_running' });
    aheadMs += 3 * hourMs;
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'done', creditsUsed: expect.any(Number) });
  });

  it('a focus group is polled once more after the deadline of its run', async () => {
    const run = { ...runOf('group'), deadlineAtMs: now() + hourMs };
    expect(await runner.deliver(run)).toMatchObject({ reason: 'focus_group_running' });
    aheadMs += 2 * hourMs;
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'done' });
  });

  it('a focus group waits for its next poll even after the deadline and is not polled at every free slot', async () => {
    const run = { ...runOf('group'), deadlineAtMs: now() + 10_000 };
    expect(await runner.deliver(run)).toMatchObject({ reason: 'focus_group_running' });
    aheadMs += 20_000;
    const late = await runner.deliver({ ...run, notBeforeMs: 0 });
    expect(late).toMatchObject({ reason: 'focus_group_running' });
    expect(late.waitMs).toBeGreaterThan(0);
    aheadMs += 60_000;
    expect(await runner.deliver({ ...run, notBeforeMs: 0 })).toMatchObject({ outcome: 'done' });
  });
});

describe('a search for a lost answer', () => {
  /** Makes a run whose answer was lost a while ago, so that its next delivery starts the search. */
  async function loseAnswer(trigger: string): Promise<RunMessage> {
    runner.mavera.inject({ path: '*', method: 'POST', kind: 'cut-after' });
    const run = runOf(trigger);
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'waiting', reason: 'answer_lost' });
    aheadMs += hourMs;
    return run;
  }

  it('a search does not start a read that may outlast the invocation, and goes on in the next delivery', async () => {
    const run = await loseAnswer('ask');
    const tooLate = { remainingMs: 5_000 };
    expect(await runner.deliver(run, 1, tooLate)).toMatchObject({ reason: 'recovery_waits' });
    expect(callsTo('GET', '/mave/threads')).toBe(0);
    expect(await runner.deliver({ ...run, notBeforeMs: 0 })).toMatchObject({
      outcome: 'done',
      recovery: 'found',
    });
  });

  it('a search goes on where it stopped when Mavera fails in the middle', async () => {
    const run = await loseAnswer('ask');
    runner.mavera.inject({ path: '/mave/threads/*', kind: 'status', status: 503 });
    expect(await runner.deliver({ ...run, notBeforeMs: 0 })).toMatchObject({ reason: 'recovery_waits' });
    aheadMs += hourMs;
    expect(await runner.deliver({ ...run, notBeforeMs: 0 })).toMatchObject({ outcome: 'done' });
    const lists = runner.mavera.calls().filter(({ path }) => path.split('?')[0] === '/mave/threads');
    expect(lists).toHaveLength(1);
  });

  it('a search that Mavera refuses fails the run with what Mavera said, and its credits stay in the budget', async () => {
    const run = await loseAnswer('ask');
    runner.mavera.inject({
      path: '/mave/threads*',
      kind: 'status',
      status: 403,
      code: 'forbidden',
      times: 100,
    });
    expect(await runner.deliver({ ...run, notBeforeMs: 0 })).toMatchObject({
      outcome: 'failed',
      reason: 'answer_lost',
    });
    expect((await runner.deadLetters())[0]?.detail).toContain('403 forbidden');
    expect(callsTo('GET', '/mave/threads')).toBe(1);
    expect(await spent('ask')).toMatchObject({ spentCredits: 50 });
  });

  it('a search does not read while the breaker is open', async () => {
    const run = await loseAnswer('ask');
    const { breaker } = runner.dependencies;
    const closed = { failures: 0, openUntilMs: 0, opens: 0, reason: '', probe: '', probeUntilMs: 0 };
    await breaker.open('mavera_401', closed, now(), undefined);
    expect(await runner.deliver({ ...run, notBeforeMs: 0 })).toMatchObject({ reason: 'breaker_open' });
    expect(callsTo('GET', '/mave/threads')).toBe(0);
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done', recovery: 'found' });
  });

  it('a search compares with the request that was sent, even if a deployment has changed the builder', async () => {
    const run = await loseAnswer('persona');
    name = 'As written now';
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done', recovery: 'found' });
    expect(runner.mavera.personas().map((persona) => persona.name)).toEqual(['As first written']);
  });

  it('a search finds the work even if a deployment has removed the trigger', async () => {
    const run = await loseAnswer('persona');
    deploy([]);
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done', recovery: 'found' });
    expect(await spent('persona')).toMatchObject({ spentCredits: 300 });
  });

  it('a search finds the work even if the builder now throws', async () => {
    const run = await loseAnswer('persona');
    const broken = createPersona(() => {
      throw new Error('no such trait');
    });
    deploy(defineTriggers([{ name: 'persona', when, run: broken, budget }]));
    expect(await deliverToEnd(run)).toMatchObject({ outcome: 'done', recovery: 'found' });
  });
});

describe('a focus group under way at a deployment', () => {
  it.each([
    ['removes its trigger', []],
    [
      'gives its trigger another action',
      defineTriggers([{ name: 'group', when, run: askMave(() => ({ message: 'Why?' })) }]),
    ],
  ])('a focus group is polled to its end when a deployment %s', async (_what, changed) => {
    const run = runOf('group');
    expect(await runner.deliver(run)).toMatchObject({ reason: 'focus_group_running' });
    deploy(changed);
    expect(await deliverToEnd({ ...run, notBeforeMs: 0 })).toMatchObject({ outcome: 'done' });
    expect(callsTo('POST', '/focus-groups')).toBe(1);
  });
});
