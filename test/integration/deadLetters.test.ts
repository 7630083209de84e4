import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPersona, defineTriggers, runFocusGroup } from '../../functions/index.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

const triggers = defineTriggers([
  {
    name: 'persona',
    when: 'event = "x"',
    run: createPersona(() => ({ name: 'Ann', description: 'Leaves.' })),
  },
  { name: 'group', when: 'event = "x"', run: runFocusGroup(() => ({ workspace_id: 'ws_1', name: 'Why' })) },
]);

let world: World;
let runner: TestRunner;
let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  aheadMs = 0;
  runner = await startTestRunner(world, triggers, { now, simulator: { now } });
});

afterEach(() => runner.stop());

/** Makes a run that Mavera refuses. @returns it, and the dead letter about it */
async function failedRun(): Promise<{ run: RunMessage; body: string; endedAtMs: number }> {
  runner.mavera.inject({ path: '/personas', kind: 'status', status: 422 });
  const run = runner.runOf('persona');
  expect(await runner.deliver(run)).toMatchObject({ outcome: 'failed', reason: 'mavera_422' });
  const [letter] = await runner.deadLetters();
  expect(letter?.endedAtMs).toBeGreaterThan(0);
  aheadMs += 10_000;
  return { run, body: letter?.body ?? '', endedAtMs: letter?.endedAtMs ?? 0 };
}

describe("a dead letter that SQS's own redrive has put back", () => {
  it('a dead letter that SQS has put back redrives its failed run once, with as much time as the first message had', async () => {
    const { run, body, endedAtMs } = await failedRun();
    aheadMs += 24 * 3_600_000;
    expect(await runner.deliver(body, 1, { endedAtMs, sentAtMs: now() })).toMatchObject({ outcome: 'done' });
    expect(await runner.itemOf(run)).toMatchObject({ state: 'done', redrive: `ended-${endedAtMs}` });
    expect(runner.mavera.personas()).toHaveLength(1);
  });

  it('a dead letter whose run is done by now does not redrive it and returns to the dead-letter queue', async () => {
    const { body, endedAtMs } = await failedRun();
    await runner.deliver(body, 1, { endedAtMs, sentAtMs: now() });
    expect(await runner.deliver(body, 1, { endedAtMs, sentAtMs: now() })).toMatchObject({
      outcome: 'repeated',
      reason: 'letter_outdated',
    });
    expect(runner.mavera.personas()).toHaveLength(1);
    expect(await runner.deadLetters()).toMatchObject([{ reason: 'letter_outdated', body, endedAtMs }]);
  });

  it('a dead letter of an earlier failure does not redrive a done run, even if its nonce is another one', async () => {
    const { run, body, endedAtMs } = await failedRun();
    runner.mavera.inject({ path: '/personas', kind: 'status', status: 422 });
    expect(await runner.deliver(body, 1, { endedAtMs, sentAtMs: now() })).toMatchObject({
      outcome: 'failed',
    });
    const [second] = await runner.deadLetters();
    aheadMs += 10_000;
    const again = { ...run, redrive: `ended-${second?.endedAtMs}`, deadlineAtMs: now() + 60_000 };
    expect(await runner.deliver(again)).toMatchObject({ outcome: 'done' });
    expect(await runner.deliver(body, 1, { endedAtMs, sentAtMs: now() })).toMatchObject({
      reason: 'letter_outdated',
    });
    expect(runner.mavera.personas()).toHaveLength(1);
  });

  it('a dead letter without the moment of the end returns with it, and redrives its run when it is put back again', async () => {
    const { body, endedAtMs } = await failedRun();
    expect(await runner.deliver(body, 1, { sentAtMs: now() })).toMatchObject({ reason: 'letter_outdated' });
    expect(runner.mavera.personas()).toHaveLength(0);
    expect(await runner.deadLetters()).toMatchObject([{ body, endedAtMs }]);
    expect(await runner.deliver(body, 1, { sentAtMs: now(), endedAtMs })).toMatchObject({ outcome: 'done' });
  });

  it('a copy of a message that comes after its run is done is a repeat, whenever it was sent', async () => {
    const run = runner.runOf('persona');
    expect(await runner.deliver(run)).toMatchObject({ outcome: 'done' });
    aheadMs += 10_000;
    expect(await runner.deliver(run, 1, { sentAtMs: now() })).toMatchObject({ reason: 'finished_before' });
    expect(await runner.deadLetters()).toEqual([]);
  });
});

describe('a repeat of a message whose run has failed', () => {
  it('a repeated message of a failed run does not redrive it', async () => {
    const { body } = await failedRun();
    expect(await runner.deliver(body, 1, { sentAtMs: now() - 60_000 })).toMatchObject({
      outcome: 'repeated',
      reason: 'finished_before',
    });
    expect(runner.mavera.personas()).toHaveLength(0);
    expect(await runner.deadLetters()).toEqual([]);
  });
});

describe('deliveries that die', () => {
  /** A delivery whose runner dies after it has taken the run. */
  async function crash(run: RunMessage): Promise<void> {
    const lease = { runId: run.runId, owner: `died-${aheadMs}` };
    const options = { nowMs: now(), leaseUntilMs: now() + 1_000, expiresAtSeconds: now() / 1000 + 86_400 };
    const taken = await runner.dependencies.runs.take(lease, run, options);
    if (taken.kind === 'taken' && taken.crashes > 0) {
      await runner.dependencies.runs.noteCrashes(lease, taken.crashes);
    }
    aheadMs += 60_000;
  }

  it('a run whose deliveries crashed five times is dead-lettered', async () => {
    const run = { ...runner.runOf('persona'), deadlineAtMs: now() + 86_400_000 };
    for (let crashes = 0; crashes < 5; crashes += 1) {
      await crash(run);
    }
    expect(await runner.deliver(run, 6)).toMatchObject({ outcome: 'failed', reason: 'crashed' });
    expect(await runner.deadLetters()).toMatchObject([{ reason: 'crashed' }]);
    expect(runner.mavera.calls()).toEqual([]);
  });

  it('after five crashes a redrive polls the focus group that is under way and does not create another', async () => {
    const run = { ...runner.runOf('group'), deadlineAtMs: now() + 86_400_000 };
    expect(await runner.deliver(run)).toMatchObject({ reason: 'focus_group_running' });
    for (let crashes = 0; crashes < 5; crashes += 1) {
      await crash(run);
    }
    expect(await runner.deliver(run, 6)).toMatchObject({ outcome: 'failed', reason: 'crashed' });
    const [letter] = await runner.deadLetters();
    aheadMs += 3_600_000;
    const redrive = { ...run, redrive: `ended-${letter?.endedAtMs}`, deadlineAtMs: now() + 86_400_000 };
    expect(await runner.deliver(redrive)).toMatchObject({ outcome: 'done' });
    expect(runner.mavera.focusGroups()).toHaveLength(1);
  });

  it('deliveries that failed because AWS was throttling do not count as crashes', async () => {
    const run = { ...runner.runOf('persona'), deadlineAtMs: now() + 86_400_000 };
    const throttled = Object.assign(new Error('too fast'), {
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 400 },
    });
    const { dependencies } = runner;
    for (let deliveries = 0; deliveries < 8; deliveries += 1) {
      runner.dependencies = {
        ...dependencies,
        maveraSecret: { get: () => Promise.reject(throttled) } as never,
      };
      await expect(runner.deliver(run, deliveries + 1)).rejects.toThrow('too fast');
      aheadMs += 60_000;
    }
    runner.dependencies = dependencies;
    expect(await runner.deliver(run, 9)).toMatchObject({ outcome: 'done' });
  });
});
