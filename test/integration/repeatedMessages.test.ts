import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPersona, defineTriggers, runFocusGroup } from '../../functions/index.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const when = 'event = "x"';
let name = 'Ann';
const run = createPersona(() => ({ name, description: 'Leaves.' }));
const triggers = defineTriggers([
  { name: 'persona', when, run },
  { name: 'collecting', when, run, collect: { within: '2h' } },
  {
    name: 'group',
    when,
    run: runFocusGroup(() => ({ workspace_id: 'ws_1' }), { pollEvery: '5s', timeout: '5m' }),
  },
]);

let world: World;
let runner: TestRunner;
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;
const hourMs = 3_600_000;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  aheadMs = 0;
  name = 'Ann';
  runner = await startTestRunner(world, triggers, { now, simulator: { now, focusGroupMs: 120_000 } });
});

afterEach(() => runner.stop());

/** A run that has an hour. */
function hourOf(trigger: string): RunMessage {
  const message = runner.runOf(trigger);
  return { ...message, deadlineAtMs: message.receivedAtMs + hourMs };
}

async function failedRun(): Promise<RunMessage> {
  runner.mavera.inject({ path: '/personas', kind: 'status', status: 422 });
  const message = hourOf('persona');
  expect(await runner.deliver(message)).toMatchObject({ outcome: 'failed', reason: 'mavera_422' });
  return message;
}

/** A delivery that ends with an error, because AWS throttles it after it has taken the run. */
async function throttledDelivery(body: string, endedAtMs: number): Promise<void> {
  const { dependencies } = runner;
  const throttled = Object.assign(new Error('too fast'), { $metadata: { httpStatusCode: 429 } });
  const maveraSecret = { get: () => Promise.reject(throttled) } as never;
  runner.dependencies = { ...dependencies, maveraSecret };
  await expect(runner.deliver(body, 1, { endedAtMs, sentAtMs: now() })).rejects.toThrow('too fast');
  runner.dependencies = dependencies;
}

describe('an event that the receiver has queued again after its run ended', () => {
  it('does not make a failed run again', async () => {
    const message = await failedRun();
    await runner.deadLetters();
    aheadMs += 60_000;
    const repeat = { ...message, receivedAtMs: now() - 100, deadlineAtMs: now() + hourMs };
    expect(await runner.deliver(repeat, 1, { sentAtMs: now() })).toMatchObject({
      outcome: 'repeated',
      reason: 'finished_before',
    });
    expect(runner.mavera.personas()).toHaveLength(0);
  });

  it('is not dead-lettered when its run is done', async () => {
    const message = hourOf('persona');
    expect(await runner.deliver(message)).toMatchObject({ outcome: 'done' });
    aheadMs += 60_000;
    const repeat = { ...message, receivedAtMs: now() - 100, deadlineAtMs: now() + hourMs };
    expect(await runner.deliver(repeat, 1, { sentAtMs: now() })).toMatchObject({ outcome: 'repeated' });
    expect(await runner.deadLetters()).toEqual([]);
  });
});

describe('the deadline of a run', () => {
  it('stays that of the redrive when the dead letter is delivered once more', async () => {
    await failedRun();
    const [letter] = await runner.deadLetters();
    const { body = '', endedAtMs = 0 } = letter ?? {};
    aheadMs += 2 * hourMs;
    await throttledDelivery(body, endedAtMs);
    expect(await runner.deliver(body, 2, { endedAtMs, sentAtMs: now() })).toMatchObject({ outcome: 'done' });
  });

  it('stays that of its collection for a copy of its first message', async () => {
    const message = hourOf('collecting');
    expect(await runner.deliver(message)).toMatchObject({ outcome: 'waiting', reason: 'collecting' });
    expect(await runner.deliver(message, 2)).toMatchObject({ outcome: 'waiting', reason: 'not_yet' });
    aheadMs += hourMs + 5_000;
    expect(await runner.deliver(message, 3)).toMatchObject({ outcome: 'waiting' });
    aheadMs += hourMs;
    expect(await runner.deliver(message, 4)).toMatchObject({ outcome: 'done' });
  });
});

describe('a focus group that goes on after the deadline of its run', () => {
  it('is polled again after the usual time, not at once', async () => {
    const message = { ...runner.runOf('group'), deadlineAtMs: now() + 30_000 };
    expect(await runner.deliver(message)).toMatchObject({ reason: 'focus_group_running' });
    aheadMs += 31_000;
    const polled = await runner.deliver(message);
    expect(polled).toMatchObject({ outcome: 'waiting', reason: 'focus_group_running' });
    expect(polled.waitMs).toBeGreaterThan(4_000);
    aheadMs += 120_000;
    expect(await runner.deliver(message)).toMatchObject({ outcome: 'done' });
  });
});

/** A gate whose calls to Mavera end the environment. */
const died = {
  refusalOf: () => undefined,
  callMavera: () => Promise.reject(new Error('died')),
} as never;

describe('the request in the ledger', () => {
  it('is known by its digest before the call, so that a builder that changes back replaces it', async () => {
    const message = hourOf('persona');
    runner.mavera.inject({ path: '/personas', kind: 'status', status: 503 });
    expect(await runner.deliver(message)).toMatchObject({ outcome: 'waiting', reason: 'mavera_503' });
    const kept = (await runner.itemOf(message))?.requestDigest;
    expect(kept).toMatch(/^[0-9a-f]{16}$/);
    aheadMs += 60_000;
    name = 'Bea';
    runner.dependencies = { ...runner.dependencies, gate: died };
    await expect(runner.deliver(message, 2)).rejects.toThrow('died');
    expect((await world.item(`details#${message.runId}`, runner.table))?.request).toContain('Bea');
    expect((await runner.itemOf(message))?.requestDigest).not.toBe(kept);
  });
});

describe('the slot of a run whose answer was lost', () => {
  it("is used for the search alone, not for reading the account's usage as well", async () => {
    const message = hourOf('persona');
    const { dependencies } = runner;
    runner.dependencies = { ...dependencies, gate: died };
    await expect(runner.deliver(message)).rejects.toThrow('died');
    aheadMs += 10 * 60_000;
    const takeSlot = () => Promise.resolve({ kind: 'full', askAgainAtMs: now() + 60_000 });
    runner.dependencies = { ...dependencies, pace: { takeSlot } as never };
    const handled = await runner.deliver({ ...message, slotAtMs: now() + 500 }, 2);
    expect(handled).toMatchObject({ recovery: 'not_found' });
    expect(runner.mavera.calls().filter(({ path }) => path.startsWith('/usage'))).toEqual([]);
  });
});
