import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetInLedger } from '../../functions/forget/forgetInLedger.ts';
import { ForgottenUsers } from '../../functions/forget/forgottenUsers.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { redriveNonce } from '../../functions/ledger/runs.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { askMave, updatePersona } from '../../functions/triggers/actions.ts';
import { trigger } from '../../functions/triggers/defineTrigger.ts';
import { defineTriggers } from '../../functions/triggers/defineTriggers.ts';
import { deviceOf } from '../../functions/triggers/deviceOf.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { readItems } from './ledgerScene.ts';
import { type ParkingWorld, startParkingWorld } from './parkingWorld.ts';
import { startWorld, type World } from './world.ts';

const minute = 60_000;
const userAgents = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
];

const opens = trigger(
  {
    name: 'opens',
    source: 'sendgrid',
    when: 'event = "Email Opened"',
    collect: { per: ({ properties }) => `${properties.singlesend_id}`, within: '1h', tally: deviceOf },
  },
  updatePersona(
    ({ event, tally, counted, ...context }) => ({
      name: `Readers of ${event.properties.singlesend_id}`,
      description: `${counted} ${JSON.stringify(tally)} ${Object.keys(context).join()}`,
    }),
    { per: ({ properties }) => `${properties.singlesend_id}` },
  ),
);

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

async function start(triggers: readonly Trigger[] = defineTriggers([opens])): Promise<ParkingWorld> {
  return await startParkingWorld(world, triggers, { requestsPerMinute: 600 });
}

/** The run of the open number `index`, of one of two single sends. */
function openOf(system: ParkingWorld, index: number): RunMessage {
  const run = system.runOf('opens', { runId: `${index}a`.padEnd(40, '0'), messageId: `open-${index}` });
  const properties = {
    singlesend_id: index % 2 === 0 ? 'spring' : 'autumn',
    useragent: userAgents[index % userAgents.length],
    email: `reader-${index}@example.com`,
  };
  return { ...run, source: 'sendgrid', event: { ...run.event, userId: `reader-${index}`, properties } };
}

describe('a trigger that tallies', () => {
  it('makes one run for each key when the time is over, with counters, however often events come again', async () => {
    const system = await start();
    const runs = Array.from({ length: 30 }, (_none, index) => openOf(system, index));
    for (let start = 0; start < 30; start += 10) {
      // As the runner admits them: ten at once. Each comes twice.
      const batch = runs.slice(start, start + 10);
      await Promise.all(batch.map((run) => system.deliver(run, 'intake')));
      await Promise.all(batch.map((run) => system.deliver(run, 'intake')));
    }
    const handled = await system.work(system.now() + 61 * minute);
    const done = handled.filter(({ outcome }) => outcome === 'done');
    expect(done.map(({ collected }) => collected)).toEqual([15, 15]);
    const built = system.mavera.personas().map(({ name, description }) => [name, description]);
    expect(built.toSorted()).toEqual([
      ['Readers of autumn', expect.stringMatching(/^15 {"desktop":5,"phone":5,"unknown":5} trigger/)],
      ['Readers of spring', expect.stringMatching(/^15 {"desktop":5,"phone":5,"unknown":5} trigger/)],
    ]);
    await system.stop();
  });

  it('keeps no event, but for the message of the run that waits: who is forgotten stays counted', async () => {
    const system = await start();
    for (const index of [0, 2, 4]) {
      await system.deliver(openOf(system, index), 'intake');
    }
    const table = new LedgerTable(world.clients.dynamodb, system.table);
    const forget = (userId: string): ReturnType<typeof forgetInLedger> =>
      forgetInLedger(table, {
        users: new ForgottenUsers([userId]),
        triggers: [opens],
        remove: true,
        nowMs: system.now(),
        onProgress: () => undefined,
      });
    await forget('reader-2');
    await forget('reader-4');
    const text = JSON.stringify(await readItems(world, system.table));
    expect(text).not.toMatch(/reader-[24]/);
    // The event that comes again after that is still known.
    expect(await system.deliver(openOf(system, 2), 'intake')).toMatchObject({ outcome: 'repeated' });
    const done = (await system.work(system.now() + 61 * minute)).find(({ outcome }) => outcome === 'done');
    expect(done).toMatchObject({ collected: 3 });
    expect(system.mavera.personas()[0]?.description).toContain('"unknown":1');
    await system.stop();
  });

  it('gives a redriven run the same counters', async () => {
    const system = await start();
    await system.deliver(openOf(system, 0), 'intake');
    await system.deliver(openOf(system, 2), 'intake');
    const [done] = (await system.work(system.now() + 61 * minute)).filter(
      ({ outcome }) => outcome === 'done',
    );
    const { runId = '' } = done?.run ?? {};
    const { finishedAtMs = 0 } = (await system.runner.runs.readEnd(runId)) ?? {};
    const redrive = redriveNonce(finishedAtMs);
    await system.deliver(
      { ...openOf(system, 0), redrive, deadlineAtMs: system.now() + 60 * minute },
      'ready',
    );
    expect(await system.runner.runs.readRequest(runId)).toMatchObject({
      body: { description: expect.stringContaining('2 {"phone":1,"unknown":1} trigger') },
    });
    await system.stop();
  });

  it('counts the events of a collection that was open when the trigger began to tally', async () => {
    const { tally: _tally, ...collect } = opens.collect ?? { within: '1h' };
    const before = await start([{ ...opens, collect }]);
    await before.deliver(openOf(before, 0), 'intake');
    await before.deliver(openOf(before, 2), 'intake');
    const triggers = new Map([[opens.name, opens]]);
    Object.assign(before.runner, { triggers });
    const done = (await before.work(before.now() + 61 * minute)).find(({ outcome }) => outcome === 'done');
    expect(done).toMatchObject({ collected: 2 });
    expect(before.mavera.personas()[0]?.description).toContain('2 {"phone":1,"unknown":1} trigger');
    await before.stop();
  });

  it('fails a run whose tally function throws, and says so', async () => {
    const failing = trigger(
      {
        name: 'opens',
        when: 'event = "x"',
        collect: {
          within: '1h',
          tally: () => {
            throw new Error('no device');
          },
        },
      },
      askMave(({ counted }) => ({ message: `${counted}` })),
    );
    const system = await start([failing]);
    expect(await system.deliver(openOf(system, 0), 'intake')).toMatchObject({
      outcome: 'failed',
      reason: 'builder_failed',
    });
    expect(await world.item(`run#${'0a'.padEnd(40, '0')}`, system.table)).toMatchObject({
      detail: "The trigger's `collect.tally` function threw: no device",
    });
    await system.stop();
  });
});
