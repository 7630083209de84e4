import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { segopsSegments } from '../../functions/pulls/segopsSegments.ts';
import { sendgridContacts } from '../../functions/pulls/sendgridContacts.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { customerAt } from '../../simulators/customers.ts';
import { startPullScene } from './pullScene.ts';
import { startWorld, type World } from './world.ts';

const run = askMave(() => ({ message: 'Why?' }));

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

function pulling(fields: readonly string[]): Trigger {
  const from = sendgridContacts({ all: true, groupBy: 'plan', fields });
  return { name: 'contacts', from, every: '7d', run };
}

describe('a pull of contacts through the gate', () => {
  it('exports once, survives an expired URL, and queues a run for each group', async () => {
    const { pull, sendgrid, records, published } = await startPullScene(world, pulling(['orders']));
    sendgrid.inject({ kind: 'status', status: 403, path: '/files/*' });
    const { runs, last } = await pull('first');
    const people = Array.from({ length: 20_000 }, (_none, index) => customerAt(index));
    const countOf = (group: unknown): number => people.filter(({ plan }) => plan === group).length;
    const groups = runs.map(({ event }) => event.properties);
    expect(groups.map(({ count }) => count)).toEqual(groups.map(({ group }) => countOf(group)));
    expect(groups.reduce((sum, { count }) => sum + Number(count), 0)).toBe(20_000);
    expect(JSON.stringify(runs)).not.toContain('@');
    expect(sendgrid.exportsStarted()).toBe(1);
    const ofFile = sendgrid.calls().filter(({ path }) => path.startsWith('/files/'));
    expect(ofFile.map(({ key, status }) => [key, status])).toEqual([
      ['', 403],
      ['', 200],
    ]);
    expect(new Set(ofFile.map(({ query }) => query)).size).toBe(2);
    expect(last).toMatchObject({ status: 'done', counts: { rows: 20_000, items: 6, runs: 6 } });
    expect(records.map(({ agent, operation, phase }) => `${agent} ${operation} ${phase}`)).toContain(
      'pull/contacts startContactExport begins',
    );
    expect((await pull('second')).runs).toEqual([]);
    expect(await published()).toMatchObject([
      { type: 'pull.ended', trigger: 'contacts', occurrence: 'first', status: 'done', counts: { runs: 6 } },
      { type: 'pull.ended', trigger: 'contacts', occurrence: 'second', counts: { runs: 0, unchanged: 6 } },
    ]);
  });

  it('calls nothing that is not granted', async () => {
    const { pull, records, sendgrid } = await startPullScene(world, pulling([]), {
      grants: { 'trigger/contacts': { 'sendgrid.contacts': 'full' } },
    });
    const { runs, last } = await pull('first');
    expect(runs).toEqual([]);
    expect(records.map(({ phase }) => phase)).toEqual(['refused']);
    expect(sendgrid.calls()).toEqual([]);
    expect(last).toMatchObject({
      status: 'failed',
      detail:
        'pull contacts may not make this call: it has off on sendgrid.contacts, and listContactExports needs read',
    });
  });
});

describe('a pull that catches up with SegOps', () => {
  it('finds each computation once, by the id that its post has', async () => {
    const trigger: Trigger = {
      name: 'recomputed',
      source: 'segops',
      when: 'event = "Segment Recomputed"',
      catchUp: { from: segopsSegments({ tenant: 'acme' }), every: '30m' },
      run,
    };
    const { pull, segops } = await startPullScene(world, trigger);
    const first = (await pull('first')).runs;
    expect(first.map(({ event }) => event.properties.segment_id)).toEqual(
      segops.segments().map(({ id }) => id),
    );
    expect((await pull('second')).runs).toEqual([]);
    const [one] = segops.segments();
    await segops.recompute(one?.id ?? 0);
    const third = (await pull('third')).runs;
    expect(third).toMatchObject([
      { source: 'segops', route: 'default', event: { event: 'Segment Recomputed' } },
    ]);
    expect(third[0]?.messageId).toMatch(new RegExp(`^acme/${one?.id}/\\d+$`));
  });
});
