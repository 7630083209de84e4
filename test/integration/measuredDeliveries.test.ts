import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askMave, defineTriggers } from '../../functions/index.ts';
import type { HandledDelivery } from '../../functions/run/handleDelivery.ts';
import type { RequestCounts } from '../../functions/systems/systemClient.ts';
import type { RunnerOptions } from './runnerWorld.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const ask = askMave(() => ({ message: 'Why?' }), { estimatedCredits: 60 });
const when = 'event = "x"';
const triggers = defineTriggers([
  { name: 'free', when, run: ask },
  { name: 'paid', when, run: ask, budget: { credits: 120, per: 'day' } },
  { name: 'skips', when, run: ask, budget: { credits: 60, per: 'day', whenSpent: 'skip' } },
]);

let world: World;
let runner: TestRunner;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

afterEach(() => runner.stop());

async function start(options: Partial<RunnerOptions> = {}): Promise<void> {
  runner = await startTestRunner(world, triggers, options);
}

/** Delivers a new run. @returns its outcome and the requests that it made to Mavera */
async function deliver(trigger: string): Promise<HandledDelivery & { readonly requests: RequestCounts }> {
  const { gate } = runner.dependencies;
  const before = gate.requestsTo('mavera');
  const report = await runner.deliver(runner.runOf(trigger));
  const { made, throttled } = gate.requestsTo('mavera');
  return { ...report, requests: { made: made - before.made, throttled: throttled - before.throttled } };
}

async function committed(budget: string): Promise<number> {
  const day = new Date(runner.dependencies.now()).toISOString().slice(0, 10);
  const item = await world.item(`budget#${budget}#${day}`, runner.table);
  return Number(item?.committedCredits ?? 0);
}

describe('how full the budgets of a run are', () => {
  it('budgetUsedPercent counts what the run reserves and what earlier runs have spent', async () => {
    await start();
    expect(await deliver('paid')).toMatchObject({ outcome: 'done', budgetUsedPercent: 50 });
    const spent = await committed('paid');
    expect(spent).toBeGreaterThan(0);
    expect(await deliver('paid')).toMatchObject({
      outcome: 'done',
      budgetUsedPercent: (100 * (spent + 60)) / 120,
    });
  });

  it('budgetUsedPercent is that of the fullest budget', async () => {
    await start({ overallBudget: { credits: 80, per: 'day' } });
    expect(await deliver('paid')).toMatchObject({ budgetUsedPercent: 75 });
  });

  it('budgetUsedPercent is 100 when the budget has no room, both for a run that waits and for one that is skipped', async () => {
    await start({ overallBudget: { credits: 59, per: 'day' } });
    expect(await deliver('free')).toMatchObject({
      outcome: 'waiting',
      gate: 'budget',
      budgetUsedPercent: 100,
    });
    expect(await deliver('skips')).toMatchObject({
      outcome: 'skipped',
      gate: 'budget',
      budgetUsedPercent: 100,
    });
  });

  it('budgetUsedPercent is absent when the run has no budget', async () => {
    await start();
    expect((await deliver('free')).budgetUsedPercent).toBeUndefined();
  });
});

describe('the requests of a delivery', () => {
  it('a delivery makes one request, and one more when it reads the usage of the account', async () => {
    await start();
    expect(await deliver('free')).toMatchObject({ outcome: 'done', requests: { made: 1, throttled: 0 } });
    await runner.dependencies.usage.outdate();
    const withUsage = await deliver('free');
    expect(withUsage).toMatchObject({ outcome: 'done', requests: { made: 2, throttled: 0 } });
    expect(withUsage.accountCreditsRemaining).toBeGreaterThan(0);
    expect((await deliver('free')).accountCreditsRemaining).toBeUndefined();
  });

  it('requests that were answered 429 are counted as throttled, whatever they asked for', async () => {
    await start();
    await runner.dependencies.usage.outdate();
    runner.dependencies = { ...runner.dependencies, onTrouble: () => undefined };
    runner.mavera.inject({ path: '/usage', kind: 'status', status: 429 });
    runner.mavera.inject({ path: '/mave/chat', kind: 'status', status: 429 });
    expect((await deliver('free')).requests).toEqual({ made: 2, throttled: 2 });
  });

  it('requests that never reached Mavera are not counted', async () => {
    await start();
    await runner.mavera.stop();
    const refused = await deliver('free');
    expect(refused).toMatchObject({ reason: 'mavera_unreachable', requests: { made: 0, throttled: 0 } });
  });
});
