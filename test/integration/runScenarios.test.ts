import { afterEach, describe, expect, it } from 'vitest';
import { askMave, createPersona, defineTriggers, type StartedTrigger } from '../../functions/index.ts';
import { type RunMessage, writeRunMessage } from '../../functions/queue/runMessage.ts';
import { newRun } from './runnerWorld.ts';
import { type Fleet, type FleetOptions, startFleet, usageIsKnown } from './simulation/simulatedFleet.ts';

const startMs = Date.parse('2026-11-20T12:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const persona = createPersona(({ event }) => ({
  name: `Persona of ${event.userId}`,
  description: 'A customer.',
}));
const ask = askMave(({ event }) => ({ message: `Why does ${event.userId} leave?` }));

let fleet: Fleet;

afterEach(() => fleet.stop());

async function start(
  trigger: Omit<StartedTrigger, 'name' | 'when'>,
  options: Partial<FleetOptions> = {},
): Promise<void> {
  const triggers = defineTriggers([{ name: 'research', when: 'event = "x"', ...trigger }]);
  const defaults = { environments: 10, requestsPerMinute: 600, startMs };
  fleet = await startFleet({ triggers, ...defaults, ...options });
  await usageIsKnown(fleet);
}

/** Queues that many runs, each of a user of its own. */
function queueRuns(count: number): readonly RunMessage[] {
  const runs = Array.from({ length: count }, (_none, index) => {
    const run = newRun('research', startMs, { deadlineAtMs: startMs + 4 * dayMs });
    return { ...run, event: { ...run.event, userId: `u-${index}` } };
  });
  for (const run of runs) {
    fleet.queue.add(writeRunMessage(run));
  }
  return runs;
}

type Item = Readonly<Record<string, unknown>>;

function itemsOf(runs: readonly RunMessage[]): readonly Item[] {
  return runs.map(({ runId }) => fleet.item(`run#${runId}`) ?? {});
}

function count(items: readonly Item[], state: string, reason: string): number {
  return items.filter((item) => item.state === state && item.reason === reason).length;
}

describe('300 runs against a budget for 10 personas', () => {
  it('of 300 runs, a budget for 10 personas lets 10 call Mavera; 290 wait, each with the reason', async () => {
    await start({ run: persona, budget: { credits: 3_000, per: 'month' } });
    const runs = queueRuns(300);
    await fleet.work(startMs + hourMs);
    expect(fleet.mavera.personas()).toHaveLength(10);
    const found = itemsOf(runs);
    expect(count(found, 'done', 'done')).toBe(10);
    expect(count(found, 'waiting', 'budget_spent')).toBe(290);
    expect(fleet.queue.deadLetters).toEqual([]);
    expect(fleet.item('budget#research#2026-11')).toMatchObject({
      committedCredits: 3_000,
      spentCredits: 3_000,
    });
  });

  it('of 300 runs, a budget for 10 personas lets 10 call Mavera; 290 are skipped if the trigger says so', async () => {
    await start({ run: persona, budget: { credits: 3_000, per: 'month', whenSpent: 'skip' } });
    const runs = queueRuns(300);
    await fleet.work(startMs + hourMs);
    expect(fleet.mavera.personas()).toHaveLength(10);
    const found = itemsOf(runs);
    expect([count(found, 'done', 'done'), count(found, 'skipped', 'budget_spent')]).toEqual([10, 290]);
    expect(fleet.queue.depth).toBe(0);
  });

  it('runs that wait for a budget of a day go on the next day, also for the budget of all triggers', async () => {
    await start({ run: persona }, { overallBudget: { credits: 900, per: 'day' } });
    const runs = queueRuns(7);
    await fleet.work(startMs + 6 * hourMs);
    expect(count(itemsOf(runs), 'waiting', 'overall_budget_spent')).toBe(4);
    await fleet.work(startMs + 13 * hourMs);
    expect(fleet.mavera.personas()).toHaveLength(6);
    await fleet.work(startMs + 3 * dayMs);
    expect(fleet.mavera.personas()).toHaveLength(7);
  });
});

describe('Mavera out of credits for two minutes', () => {
  it('while the credits are used up all runs wait: none fails, is dead-lettered or is received a fourth time', async () => {
    await start({ run: ask });
    fleet.mavera.inject({ path: '/mave/chat', kind: 'status', status: 402, times: 1_000 });
    const runs = queueRuns(100);
    await fleet.work(startMs + 2 * minuteMs);
    const refused = fleet.mavera.calls().filter(({ status }) => status === 402).length;
    expect(count(itemsOf(runs), 'waiting', 'breaker_open')).toBeGreaterThan(80);
    fleet.mavera.clearFaults();
    await fleet.work(startMs + hourMs);
    expect(count(itemsOf(runs), 'done', 'done')).toBe(100);
    expect(fleet.queue.deadLetters).toEqual([]);
    expect(fleet.queue.mostReceived).toBeLessThanOrEqual(3);
    // What was under way when the breaker opened, and a probe each time that it was half open.
    expect(refused).toBeLessThanOrEqual(10 + 3);
    expect(fleet.item('breaker#mavera')).toEqual({ pk: 'breaker#mavera', failures: 0 });
  });
});

describe('an outage of Mavera', () => {
  it('an outage opens the breaker after some failures in a row; a probe that succeeds closes it', async () => {
    await start({ run: ask });
    fleet.mavera.inject({ path: '/mave/chat', kind: 'status', status: 500, times: 1_000 });
    const runs = queueRuns(60);
    await fleet.work(startMs + 5 * minuteMs);
    const refused = fleet.mavera.calls().filter(({ status }) => status === 500).length;
    fleet.mavera.clearFaults();
    await fleet.work(startMs + hourMs);
    expect(count(itemsOf(runs), 'done', 'done')).toBe(60);
    expect(refused).toBeLessThanOrEqual(30);
    expect(fleet.queue.deadLetters).toEqual([]);
  });
});

describe('a limit that others of the same key use up', () => {
  it('a rate limit that others use up slows all runs down without a storm of retries', async () => {
    await start({ run: persona }, { requestsPerMinute: 60 });
    fleet.mavera.inject({ path: '*', kind: 'status', status: 429, retryAfter: 30, times: 3 });
    const runs = queueRuns(40);
    await fleet.work(startMs + hourMs);
    expect(count(itemsOf(runs), 'done', 'done')).toBe(40);
    const calls = fleet.mavera.calls();
    expect(calls.filter(({ status }) => status === 429)).toHaveLength(3);
    expect(calls).toHaveLength(43);
    const byMinute = calls.map(({ atMs }) => atMs - startMs);
    expect(byMinute.filter((at) => at > 2_500 && at < 30_000)).toEqual([]);
  });
});

describe('answers that are lost during a backlog', () => {
  it('lost answers are searched for at slots of their own, and their work is not done again', async () => {
    await start({ run: persona }, { requestsPerMinute: 60 });
    fleet.mavera.inject({ path: '/personas', method: 'POST', kind: 'cut-after', times: 4 });
    const runs = queueRuns(200);
    await fleet.work(startMs + hourMs);
    expect(count(itemsOf(runs), 'done', 'done')).toBe(200);
    expect(fleet.mavera.personas()).toHaveLength(200);
    expect(fleet.mavera.peaks().callsPerWindow).toBeLessThanOrEqual(60);
    expect(fleet.reports.filter(({ recovery }) => recovery === 'found')).toHaveLength(4);
  });
});

describe('slow searches for lost answers during a backlog', () => {
  it('each read of a search starts at a slot of its own, so that the rate limit is kept without a 429', async () => {
    await start({ run: ask }, { requestsPerMinute: 60, callMs: 9_000 });
    fleet.mavera.inject({ path: '/mave/chat', kind: 'cut-after', times: 6 });
    const runs = queueRuns(120);
    await fleet.work(startMs + hourMs);
    expect(count(itemsOf(runs), 'done', 'done')).toBe(120);
    const calls = fleet.mavera.calls();
    expect(calls.filter(({ method, path }) => method === 'POST' && path === '/mave/chat')).toHaveLength(120);
    expect(calls.filter(({ status }) => status === 429)).toEqual([]);
    expect(fleet.mavera.peaks().callsPerWindow).toBeLessThanOrEqual(60);
    expect(fleet.reports.filter(({ recovery }) => recovery === 'found')).toHaveLength(6);
  }, 180_000);
});

describe('environments that die at any step', () => {
  it('environments that crash at random steps still do each run exactly once', async () => {
    await start({ run: persona, budget: { credits: 1_000_000, per: 'month' } }, { crashes: 0.3, seed: 7 });
    const runs = queueRuns(150);
    await fleet.work(startMs + dayMs);
    const found = itemsOf(runs);
    expect(count(found, 'done', 'done')).toBe(150);
    expect(new Set(fleet.mavera.personas().map(({ name }) => name)).size).toBe(150);
    expect(fleet.mavera.personas()).toHaveLength(150);
    expect(fleet.queue.deadLetters).toEqual([]);
    expect(fleet.item('budget#research#2026-11')).toMatchObject({
      committedCredits: 45_000,
      spentCredits: 45_000,
    });
  });

  it('environments that crash while they collect events still put each event into exactly one run', async () => {
    const run = createPersona(({ events }) => ({
      name: `Users from ${events[0]?.userId}`,
      description: events.map(({ userId }) => `<${userId}>`).join(''),
    }));
    await start({ run, collect: { count: 20, within: '30m' } }, { crashes: 0.2, seed: 3 });
    const runs = queueRuns(130);
    await fleet.work(startMs + dayMs);
    const collected = fleet.mavera
      .personas()
      .flatMap(({ description }) => description.match(/<u-\d+>/g) ?? []);
    expect(collected).toHaveLength(130);
    expect(new Set(collected).size).toBe(130);
    const found = itemsOf(runs);
    expect(count(found, 'skipped', 'collected')).toBe(130 - fleet.mavera.personas().length);
    expect(count(found, 'done', 'done')).toBe(fleet.mavera.personas().length);
    expect(fleet.mavera.personas().length).toBeLessThanOrEqual(8);
  });
});
