import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPersona, defineTriggers } from '../../functions/index.ts';
import type { SegmentEvent } from '../../functions/sources/segment/event.ts';
import { startTestRunner, type TestRunner } from './testRunner.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let runner: TestRunner;
let built: (readonly SegmentEvent[])[] = [];

const triggers = defineTriggers([
  {
    name: 'gathers',
    when: 'type = "track"',
    collect: { count: 3, within: '1h' },
    run: createPersona(({ events }) => {
      built.push(structuredClone(events));
      for (const { properties } of events) {
        Object.assign(properties, { plan: 'changed by the builder' });
      }
      return { name: 'Those', pipeline_type: 'north_star' };
    }),
  },
]);

beforeAll(async () => {
  world = await startWorld();
});

beforeEach(async () => {
  built = [];
  runner = await startTestRunner(world, triggers);
});

afterEach(() => runner.stop());
afterAll(() => world.stop());

describe('a run that collects', () => {
  it('joins with an event of 700 KB, and its builder gets all events whole', async () => {
    const base = runner.runOf('gathers');
    const runs = ['small', randomBytes(525_000).toString('base64'), 'also small'].map((plan) =>
      runner.runOf('gathers', { event: { ...base.event, properties: { plan } } }),
    );
    const outcomes: unknown[] = [];
    for (const run of runs) {
      const { outcome, reason, collected } = await runner.deliver(run);
      outcomes.push({ outcome, reason, collected });
    }
    expect(outcomes).toEqual([
      { outcome: 'waiting', reason: 'collecting' },
      { outcome: 'skipped', reason: 'collected' },
      { outcome: 'done', collected: 3 },
    ]);
    expect(built).toHaveLength(1);
    const plans = (built[0] ?? []).map(({ properties }) => String(properties.plan));
    expect(plans.map(({ length }) => length)).toEqual([5, 700_000, 10]);
    expect(plans.every((plan, index) => plan === runs[index]?.event.properties.plan)).toBe(true);
  });

  it('keeps its events as they came, whatever its builder does to them', async () => {
    const runs = Array.from({ length: 3 }, () => runner.runOf('gathers'));
    for (const run of runs) {
      await runner.deliver(run);
    }
    const { events } = (await world.item(`details#${runs.at(-1)?.runId}`, runner.table)) ?? {};
    expect(JSON.parse(String(events))).toEqual(runs.map(({ event }) => event));
  });
});
