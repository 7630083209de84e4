import { describe, expect, it } from 'vitest';
import { definePull } from '../../../functions/pulls/definePull.ts';
import { askMave } from '../../../functions/triggers/actions.ts';
import type { Trigger } from '../../../functions/triggers/trigger.ts';
import { PullWorld, startMs } from './pullWorld.ts';

const from = definePull({
  kind: 'waits',
  source: 'segment',
  operations: [],
  start: 1,
  step: (step) =>
    step === 1 ? { next: 2, waitMs: 600_000 } : { events: [{ item: 'a', event: 'A', properties: {} }] },
});
const trigger: Trigger = { name: 'pulls', from, every: '7d', run: askMave(() => ({ message: 'Why?' })) };
const start = { version: 1, kind: 'start', trigger: 'pulls', occurrence: 'first' } as const;

function ended(world: PullWorld): readonly string[] {
  return world.reports.flatMap((report) => (report.what === 'ended' ? [report.occurrence] : []));
}

describe('the end of an occurrence', () => {
  it('is published, with what it came to', async () => {
    const world = new PullWorld([trigger]);
    await world.pull('pulls', 'first');
    expect(world.published).toEqual([
      {
        version: 1,
        type: 'pull.ended',
        trigger: 'pulls',
        occurrence: 'first',
        status: 'done',
        counts: expect.objectContaining({ steps: 2, items: 1, runs: 1 }),
        startedAt: new Date(startMs).toISOString(),
        endedAt: new Date(startMs + 600_000).toISOString(),
      },
    ]);
  });

  it('is told once, however often its messages come', async () => {
    const world = new PullWorld([trigger]);
    await world.pull('pulls', 'first');
    const step = { ...start, kind: 'step', step: 1 } as const;
    for (const message of [start, step, step]) {
      await world.deliver(message);
    }
    expect(world.published).toHaveLength(1);
    expect(ended(world)).toEqual(['first']);
  });

  it('comes again until the topic takes it', async () => {
    const world = new PullWorld([trigger]);
    world.isTopicDown = true;
    await expect(world.pull('pulls', 'first')).rejects.toThrow('the topic does not answer');
    expect(world.published).toEqual([]);
    // The alarm does not wait for the topic.
    expect(ended(world)).toEqual(['first']);
    world.isTopicDown = false;
    await world.deliver({ ...start, kind: 'step', step: 1 });
    expect(world.published).toMatchObject([{ occurrence: 'first', status: 'done' }]);
  });

  it.each([
    ['the next message of the occurrence', { ...start, kind: 'step', step: 1 } as const],
    ['the start of the next one', { ...start, occurrence: 'second' } as const],
  ])('is told by %s when an operator has stopped it', async (_who, message) => {
    const world = new PullWorld([trigger]);
    await world.deliver(start);
    const cursor = await world.cursor('pulls');
    const stop = { status: 'stopped', detail: 'Ann stopped it' } as const;
    await world.dependencies.cursors.endByForce(cursor, stop, world.nowMs);
    await world.deliver(message);
    expect(world.published).toMatchObject([{ occurrence: 'first', ...stop }]);
    expect(world.reports).toContainEqual(expect.objectContaining({ what: 'ended', kind: 'waits', ...stop }));
  });
});
