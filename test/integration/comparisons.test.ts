import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askMave, runFocusGroup, segmentAudiences, trigger, updatePersona } from '../../functions/index.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { localSpace } from '../../simulators/segment/profiles/profilesSimulator.ts';
import { type ParkingWorld, startMs, startParkingWorld } from './parkingWorld.ts';
import { type PullScene, startPullScene } from './pullScene.ts';
import { startWorld, type World } from './world.ts';

const audiences = trigger(
  { name: 'audiences', from: segmentAudiences({ space: localSpace }), every: '7d' },
  updatePersona(
    ({ event: { properties } }) => ({
      name: properties.name,
      pipeline_type: 'intermediate',
      type: 'B2B',
      description: `People: ${properties.size}`,
    }),
    { per: ({ properties }) => String(properties.id) },
  ),
);
const voices = trigger(
  { name: 'voices', after: audiences },
  runFocusGroup(({ event, result }) => ({
    workspace_id: 'ws_1',
    name: `Voices of ${event.properties.name}`,
    persona_ids: [result.personaId],
    questions: [{ type: 'open_ended', text: 'What do you want?' }],
  })),
);
const comparison = trigger(
  { name: 'comparison', after: voices, collect: { within: '20m' } },
  askMave(({ events, results }) => ({
    message: JSON.stringify(
      results.map(({ isNew, focusGroup }, index) => ({
        name: events[index]?.properties.name,
        size: events[index]?.properties.size,
        asked: focusGroup.name,
        isNew,
      })),
    ),
  })),
);
const triggers = [audiences, voices, comparison];
const minuteMs = 60_000;
const weekMs = 7 * 24 * 60 * minuteMs;

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

interface Compared {
  readonly name: string;
  readonly size: number;
  readonly asked: string;
  readonly isNew: boolean;
}

/** Takes an occurrence of the pull, its runs, and the comparison that follows. @returns what was compared, and its run */
async function pullAndCompare(
  scene: PullScene,
  system: ParkingWorld,
  occurrence: string,
): Promise<{ readonly run: RunMessage; readonly compared: readonly Compared[] }> {
  const { runs } = await scene.pull(occurrence);
  for (const run of runs) {
    await system.deliver(run, 'intake');
  }
  const handled = await system.work(system.now() + 40 * minuteMs);
  const done = handled.filter(({ run, outcome }) => run?.trigger === 'comparison' && outcome === 'done');
  const [run] = done.map((one) => one.run);
  if (done.length !== 1 || run === undefined) {
    throw new Error(`${done.length} comparisons were made`);
  }
  const request = (await system.runner.runs.readRequest(run.runId)) as {
    readonly body: { readonly message: string };
  };
  return { run, compared: JSON.parse(request.body.message) as readonly Compared[] };
}

describe('audiences that are pulled twice, of which one has changed', () => {
  it('are all compared by their last focus groups, which are held for the changed one alone', async () => {
    const system = await startParkingWorld(world, triggers, { requestsPerMinute: 600 });
    const scene = await startPullScene(world, audiences, { triggers, table: system.table });
    try {
      const first = await pullAndCompare(scene, system, 'first');
      const names = first.compared.map(({ name }) => name).toSorted();
      expect(names.length).toBeGreaterThan(2);
      expect(first.compared.every(({ isNew }) => isNew)).toBe(true);

      scene.wait(weekMs);
      system.pass(startMs + weekMs - system.now());
      const [changed, gone] = first.compared;
      scene.segment.changeAudiences((all) =>
        all
          .filter(({ name }) => name !== gone?.name)
          .map((one) => (one.name === changed?.name ? { ...one, size: (one.size ?? 0) * 2 + 10 } : one)),
      );
      const second = await pullAndCompare(scene, system, 'second');
      expect(second.compared.map(({ name }) => name).toSorted()).toEqual(
        names.filter((name) => name !== gone?.name),
      );
      expect(second.compared.filter(({ isNew }) => isNew)).toEqual([
        { ...changed, size: (changed?.size ?? 0) * 2 + 10 },
      ]);
      for (const { name, asked } of second.compared) {
        expect(asked).toContain(`Voices of ${name}`);
      }
      const groups = system.mavera
        .calls()
        .filter(({ method, path }) => method === 'POST' && path === '/focus-groups');
      expect(groups).toHaveLength(names.length + 1);
    } finally {
      await system.stop();
    }
  });
});
