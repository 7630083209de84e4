import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OperatorDesk } from '../../functions/ledger/operatorDesk.ts';
import { notBeforeLane } from '../../functions/ledger/parkedIndex.ts';
import { askMave, createPersona, runFocusGroup } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, runIn, startMs, startParkingWorld } from './parkingWorld.ts';
import { startWorld, type World } from './world.ts';

const ask = createPersona(() => ({ name: 'Leaver', description: 'Left us' }));
const triggers: readonly Trigger[] = [
  { name: 'ask', when: 'type = "track"', run: ask },
  { name: 'other', when: 'type = "track"', run: ask },
  { name: 'why', when: 'type = "track"', run: askMave(() => ({ message: 'Why?' })) },
  { name: 'spent', when: 'type = "track"', run: ask, budget: { credits: 0, per: 'day' } },
  { name: 'stale', when: 'type = "track"', run: ask, staleAfter: '1h' },
  { name: 'cooling', when: 'type = "track"', run: ask, cooldown: { per: 'user', for: '1d' } },
  { name: 'gather', when: 'type = "track"', run: ask, collect: { within: '10m' } },
  {
    name: 'panel',
    when: 'type = "track"',
    run: runFocusGroup(() => ({ workspace_id: 'ws_1', name: 'Why' })),
  },
];

let world: World;
let parking: ParkingWorld;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

afterEach(() => parking.stop());

async function start(options: Parameters<typeof startParkingWorld>[2] = {}): Promise<void> {
  parking = await startParkingWorld(world, triggers, options);
}

async function admitMany(trigger: string, count: number): Promise<readonly string[]> {
  const runs = Array.from({ length: count }, (_none, index) =>
    parking.runOf(trigger, { messageId: `m-${index}`, receivedAtMs: parking.now() + index }),
  );
  for (const run of runs) {
    await parking.deliver(run, 'intake');
  }
  return runs.map(({ runId }) => runId);
}

describe('admission', () => {
  it('a run gets a slot, and goes to the ready queue to come back for it', async () => {
    await start();
    expect(await parking.deliver(parking.runOf('ask'), 'intake')).toMatchObject({
      outcome: 'waiting',
      reason: 'pace',
      gate: 'pace',
    });
    const [message, ...others] = parking.sent();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ queue: 'ready', arrivesAtMs: startMs });
    expect(message && runIn(message)).toMatchObject({ slotAtMs: startMs, notBeforeMs: startMs });
    expect(parking.mavera.calls()).toEqual([]);
    expect(message && (await parking.deliver(message.body, 'ready'))).toMatchObject({ outcome: 'done' });
    expect(parking.mavera.calls()).toHaveLength(1);
  });

  it('runs are parked when the slots of the next 55 seconds are taken', async () => {
    await start();
    const ids = await admitMany('ask', 80);
    const queued = parking.sent().map((message) => runIn(message).runId);
    const parked = (await parking.runner.parkedRuns.oldest('ask', 100)).map(({ runId }) => runId);
    expect([...queued, ...parked]).toEqual(ids);
    expect(queued).toHaveLength(54);
    expect(await world.item(`run#${parked[0]}`, parking.table)).toMatchObject({
      state: 'waiting',
      reason: 'pace_full',
      parkings: 1,
      leaseUntilMs: 0,
    });
  });

  it('a run of another trigger is parked as well while parked runs wait for slots', async () => {
    await start();
    await admitMany('ask', 74);
    parking.sent();
    parking.pass(30_000);
    expect(await parking.deliver(parking.runOf('other'), 'intake')).toMatchObject({
      reason: 'pace_full',
      parkedIn: 'other',
    });
    expect(parking.sent()).toEqual([]);
  });

  it('a run of a paused trigger is parked, and other triggers do not notice', async () => {
    await start();
    await new OperatorDesk(parking.runner.ledger).pause('ask', startMs);
    expect(await parking.deliver(parking.runOf('ask'), 'intake')).toMatchObject({
      reason: 'trigger_paused',
      parkedIn: 'ask',
    });
    expect(await parking.deliver(parking.runOf('other'), 'intake')).toMatchObject({ reason: 'pace' });
  });

  it('without a dispatcher nothing is parked', async () => {
    await start();
    parking.pass(180_001);
    await admitMany('ask', 80);
    const sent = parking.sent();
    expect(sent.filter(({ queue }) => queue === 'ready')).toHaveLength(80);
    await new OperatorDesk(parking.runner.ledger).pause('ask', startMs);
    expect(await parking.deliver(parking.runOf('ask'), 'intake')).toMatchObject({ parkedIn: undefined });
    expect(parking.sent()).toMatchObject([{ queue: 'intake' }]);
  });

  it('a run that waits for minutes for a known time is parked by that time', async () => {
    await start();
    expect(await parking.deliver(parking.runOf('gather'), 'intake')).toMatchObject({
      reason: 'collecting',
      parkedIn: notBeforeLane,
    });
    expect(await parking.runner.parkedRuns.oldest(notBeforeLane, 9)).toMatchObject([
      { trigger: 'gather', orderMs: startMs + 600_000 },
    ]);
  });

  it('a message of an older release goes to the ready queue as it is', async () => {
    await start();
    const run = parking.runOf('ask', { slotAtMs: startMs, notBeforeMs: startMs });
    await parking.deliver(run, 'intake');
    await parking.deliver(parking.runOf('ask', { report: { attempts: 2 } }), 'intake');
    const [first, second] = parking.sent();
    expect(first && runIn(first)).toEqual(run);
    expect(second).toMatchObject({ queue: 'ready' });
    expect(parking.mavera.calls()).toEqual([]);
  });

  it('a run that has begun goes to the ready queue', async () => {
    await start();
    const [message] = await beginPanel();
    parking.pass(30_000);
    expect(message && (await parking.deliver({ ...message, slotAtMs: undefined }, 'intake'))).toMatchObject({
      reason: 'has_begun',
    });
    expect(parking.sent()).toMatchObject([{ queue: 'ready' }]);
  });

  it('a parked run keeps the key of its cooldown until its deadline', async () => {
    await start();
    await admitMany('ask', 74);
    const run = parking.runOf('cooling', { deadlineAtMs: startMs + 3 * 86_400_000 });
    expect(await parking.deliver(run, 'intake')).toMatchObject({ parkedIn: 'cooling' });
    parking.pass(2 * 86_400_000);
    const again = parking.runOf('cooling', { messageId: 'again' });
    expect(await parking.deliver(again, 'intake')).toMatchObject({ outcome: 'skipped', reason: 'cooldown' });
  });
});

async function beginPanel(): Promise<readonly ReturnType<typeof runIn>[]> {
  await parking.deliver(parking.runOf('panel'), 'intake');
  const [message] = parking.sent();
  await parking.deliver(message?.body ?? '', 'ready');
  return parking.sent().map(runIn);
}

describe('the dispatcher', () => {
  it('gives the oldest parked runs the next slots, and sends them in time', async () => {
    await start();
    const ids = await admitMany('ask', 61);
    parking.sent();
    parking.pass(15_000);
    expect(await parking.dispatch()).toMatchObject({ kind: 'done', sentWithSlot: 7, lanes: [] });
    const sent = parking.sent().filter(({ queue }) => queue === 'ready');
    expect(sent.map((message) => runIn(message).runId)).toEqual(ids.slice(54));
    for (const message of sent) {
      const { slotAtMs = 0, notBeforeMs } = runIn(message);
      expect(notBeforeMs).toBe(slotAtMs);
      expect(slotAtMs - message.arrivesAtMs).toBeGreaterThanOrEqual(200);
      expect(slotAtMs - message.arrivesAtMs).toBeLessThanOrEqual(1_200);
    }
    expect(await parking.runner.parkedRuns.oldest('ask', 9)).toEqual([]);
  });

  it.each([60, 240, 600])(
    'gives a trigger alone as many slots as its concurrency cap allows, at %i requests a minute',
    async (requestsPerMinute) => {
      await start({ requestsPerMinute });
      const desk = new OperatorDesk(parking.runner.ledger);
      await desk.pause('why', parking.now());
      await admitMany('why', 60);
      await desk.resume('why');
      parking.sent();
      const slots: number[] = [];
      for (let pass = 0; pass < 9; pass += 1) {
        await parking.dispatch();
        const sent = parking.sent().filter(({ queue }) => queue === 'ready');
        slots.push(...sent.map((message) => runIn(message).slotAtMs ?? message.arrivesAtMs));
        parking.pass(15_000);
      }
      // Ten at once, 20 s each, with a third to spare: one each 3 s.
      expect(slots.filter((slotAtMs) => slotAtMs < startMs + 120_000).length).toBeGreaterThanOrEqual(36);
    },
  );

  it('leaves the slots free that runs with a concurrency cap may not use', async () => {
    await start({ requestsPerMinute: 240 });
    const desk = new OperatorDesk(parking.runner.ledger);
    await desk.pause('why', parking.now());
    await admitMany('why', 60);
    await desk.resume('why');
    parking.sent();
    await parking.dispatch();
    expect(parking.sent().filter(({ queue }) => queue === 'ready').length).toBeGreaterThan(4);
    await parking.deliver(parking.runOf('other'), 'intake');
    expect(parking.sent().map((message) => runIn(message).slotAtMs)).toEqual([
      expect.closeTo(parking.now(), -3.5),
    ]);
  });

  it('all runs of a backlog are done, one call each, at the pace of the limit', async () => {
    await start({ requestsPerMinute: 120 });
    const ids = await admitMany('ask', 160);
    const handled = await parking.work(startMs + 120_000);
    const done = handled.filter(({ outcome }) => outcome === 'done').map(({ run }) => run?.runId);
    expect(new Set(done)).toEqual(new Set(ids));
    expect(done).toHaveLength(160);
    expect(parking.mavera.calls()).toHaveLength(160);
    expect(handled.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  });

  it('comes again each 15 seconds while runs wait, by one message at a time', async () => {
    await start({ requestsPerMinute: 60 });
    await admitMany('ask', 200);
    parking.sent();
    const wakes = async (): Promise<number> => {
      await parking.dispatch();
      return parking.sent().filter(({ queue }) => queue === 'dispatch').length;
    };
    expect(await wakes()).toBe(1);
    // The schedule fires in between, and twice.
    parking.pass(5_000);
    expect(await wakes()).toBe(0);
    expect(await wakes()).toBe(0);
    parking.pass(10_000);
    expect(await wakes()).toBe(1);
  });

  it('does not come again when all runs have got their slots', async () => {
    await start();
    await admitMany('ask', 56);
    parking.sent();
    parking.pass(15_000);
    await parking.dispatch();
    expect(parking.sent().filter(({ queue }) => queue === 'dispatch')).toEqual([]);
  });

  it('the first parked run of another trigger goes before the others of a long backlog', async () => {
    await start();
    await admitMany('ask', 200);
    parking.sent();
    parking.pass(15_000);
    await parking.dispatch();
    await parking.deliver(parking.runOf('other'), 'intake');
    parking.sent();
    parking.pass(15_000);
    await parking.dispatch();
    const [first] = parking.sent().filter(({ queue }) => queue === 'ready');
    expect(first && runIn(first).trigger).toBe('other');
  });

  it('runs whose budget is spent stay parked, and take no slot from others', async () => {
    await start();
    expect(await parking.deliver(parking.runOf('spent'), 'intake')).toMatchObject({ reason: 'pace' });
    const [message] = parking.sent();
    expect(message && (await parking.deliver(message.body, 'ready'))).toMatchObject({
      reason: 'budget_spent',
      parkedIn: 'spent',
    });
    expect(await parking.dispatch()).toMatchObject({
      sentWithSlot: 0,
      lanes: [{ lane: 'spent', reason: 'budget_spent', count: 1, isExact: true }],
      budgetUsedPercent: 100,
    });
    await new OperatorDesk(parking.runner.ledger).setBudget('spent', 1_000);
    expect(await parking.dispatch()).toMatchObject({ sentWithSlot: 1, lanes: [] });
  });

  it('a paused run whose event becomes stale is sent once, and skipped', async () => {
    await start();
    await new OperatorDesk(parking.runner.ledger).pause('*', startMs);
    await parking.deliver(parking.runOf('stale'), 'intake');
    parking.pass(3_605_000);
    expect(await parking.dispatch()).toMatchObject({ sentWithoutSlot: 1 });
    const [message] = parking.sent().filter(({ queue }) => queue === 'ready');
    expect(message && (await parking.deliver(message.body, 'ready'))).toMatchObject({
      outcome: 'skipped',
      reason: 'stale',
    });
  });

  it('a paused run is sent at its deadline, and expires', async () => {
    await start();
    await new OperatorDesk(parking.runner.ledger).pause('*', startMs);
    await parking.deliver(parking.runOf('ask', { deadlineAtMs: startMs + 60_000 }), 'intake');
    const handled = await parking.work(startMs + 90_000);
    expect(handled).toMatchObject([{ outcome: 'failed', reason: 'expired' }]);
  });

  it('a collection closes when its time has come', async () => {
    await start();
    await parking.deliver(parking.runOf('gather'), 'intake');
    const handled = await parking.work(startMs + 640_000);
    expect(handled).toMatchObject([{ outcome: 'done', collected: 1 }]);
    const [call] = parking.mavera.calls();
    expect(call?.atMs).toBeGreaterThanOrEqual(startMs + 600_000);
    expect(call?.atMs).toBeLessThanOrEqual(startMs + 602_000);
  });

  it('a run that was sent and not removed is sent again, and not done twice', async () => {
    await start();
    await new OperatorDesk(parking.runner.ledger).pause('*', startMs);
    await parking.deliver(parking.runOf('ask'), 'intake');
    await new OperatorDesk(parking.runner.ledger).resume('*');
    const { unpark } = parking.dispatcher.parkedRuns;
    Object.assign(parking.dispatcher.parkedRuns, {
      unpark: () => Promise.reject(new Error('the dispatcher dies')),
    });
    await expect(parking.dispatch()).rejects.toThrow('the dispatcher dies');
    Object.assign(parking.dispatcher.parkedRuns, { unpark });
    parking.dispatcher.sentLately.clear();
    parking.pass(20_000);
    const handled = await parking.work(startMs + 60_000);
    expect(handled.map(({ outcome }) => outcome).sort()).toEqual(['done', 'repeated']);
    expect(parking.mavera.calls()).toHaveLength(1);
  });

  it('does nothing while an operator puts all runs back into the queue', async () => {
    await start();
    await parking.dispatcher.state.setParkingOff(startMs + 60_000);
    expect(await parking.dispatch()).toEqual({ kind: 'off' });
  });

  it('one of two dispatchers at the same time works', async () => {
    await start();
    const both = await Promise.all([parking.dispatch(), parking.dispatch()]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['busy', 'done']);
  });
});
