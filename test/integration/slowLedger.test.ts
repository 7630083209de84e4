import { afterAll, beforeAll, expect, it } from 'vitest';
import { askMave, defineTriggers } from '../../functions/index.ts';
import { startTestRunner } from './testRunner.ts';
import { newClient } from './troubledLedger.ts';
import { startWorld, type World } from './world.ts';

const triggers = defineTriggers([
  { name: 'ask', when: 'event = "x"', run: askMave(() => ({ message: 'Why?' })) },
]);

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

it('a run is done even if each ledger call is so slow that its first slots are missed', async () => {
  const callTakesMs = 400;
  let aheadMs = 0;
  const dynamodb = await newClient(world);
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      aheadMs += callTakesMs;
      return await next(args);
    },
    { step: 'initialize', name: 'slow' },
  );
  const slow: World = { ...world, clients: { ...world.clients, dynamodb } };
  const runner = await startTestRunner(slow, triggers, {
    now: () => Date.now() + aheadMs,
    sleep: async (ms) => {
      aheadMs += ms;
    },
  });
  try {
    let run = runner.runOf('ask', { deadlineAtMs: Date.now() + 3_600_000 });
    const reasons: unknown[] = [];
    for (let deliveries = 0; deliveries < 10; deliveries += 1) {
      const { outcome, reason } = await runner.deliver(run);
      reasons.push(reason ?? outcome);
      if (outcome !== 'waiting') {
        break;
      }
      run = await runner.waitingRun();
      aheadMs = Math.max(aheadMs, (run.notBeforeMs ?? 0) - Date.now());
    }
    expect(reasons[0]).toBe('slot_missed');
    expect(reasons.at(-1)).toBe('done');
    expect(runner.mavera.calls().filter(({ method }) => method === 'POST')).toHaveLength(1);
  } finally {
    await runner.stop();
    dynamodb.destroy();
  }
});
