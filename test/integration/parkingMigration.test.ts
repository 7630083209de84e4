import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unparkRuns } from '../../cli/ops/unpark/unparkRuns.ts';
import { OperatorDesk } from '../../functions/ledger/operatorDesk.ts';
import type { RunMessage } from '../../functions/queue/runMessage.ts';
import { type LedgerItem, putItems, sceneTriggers } from './ledgerScene.ts';
import { type ParkingWorld, runIn, startMs, startParkingWorld } from './parkingWorld.ts';
import { newRun } from './runnerWorld.ts';
import { drain, startWorld, type World } from './world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The release before parking: it had one queue, and left no parked run. */
const releaseBefore = '0.2.0.json';

let world: World;
let parking: ParkingWorld;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  parking = await startParkingWorld(world, sceneTriggers);
  const json = readFileSync(new URL(`./releases/${releaseBefore}`, import.meta.url), 'utf8');
  await putItems(world, parking.table, JSON.parse(json) as readonly LedgerItem[]);
});

afterEach(() => parking.stop());

/** The message of a run that the recorded release has left in its one queue. */
function leftBehind(trigger: string, index: number, more: Partial<RunMessage> = {}): RunMessage {
  return newRun(trigger, startMs, {
    runId: `${index}${trigger.charCodeAt(0).toString(16)}`.padEnd(40, '0'),
    messageId: `message-${trigger}-${index}`,
    deadlineAtMs: startMs + 4 * dayMs,
    ...more,
  });
}

async function stateOf(run: RunMessage): Promise<unknown> {
  return (await world.item(`run#${run.runId}`, parking.table))?.state;
}

/** Delivers a message that was left in the one queue, which new runs arrive in now, and works off what follows. */
async function goOn(run: RunMessage, untilMs: number): Promise<void> {
  await parking.deliver(run, 'intake');
  await parking.work(untilMs);
}

describe('a deployment over the release before parking', () => {
  it('a run that waits for its budget goes on, once', async () => {
    const run = leftBehind('pays', 2, { notBeforeMs: startMs + 15 * 60_000 });
    parking.pass(dayMs);
    await goOn(run, startMs + dayMs + 10 * 60_000);
    expect(await stateOf(run)).toBe('done');
    expect(parking.mavera.calls().filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('a run with a slot keeps it', async () => {
    const run = leftBehind('pays', 9, { slotAtMs: startMs + 500, notBeforeMs: startMs + 500 });
    await parking.deliver(run, 'intake');
    expect(parking.sent().map(runIn)).toEqual([run]);
  });

  it('a run that collects closes its collection at the same time as before', async () => {
    const run = leftBehind('gathers', 1, { notBeforeMs: startMs + 15 * 60_000 });
    parking.pass(15 * 60_000);
    await parking.deliver(run, 'intake');
    parking.pass(dayMs - 20 * 60_000);
    await parking.work(startMs + dayMs - 60_000);
    expect(await stateOf(run)).toBe('waiting');
    await parking.work(startMs + dayMs + 5 * 60_000);
    expect(await stateOf(run)).toBe('done');
  });

  it('a run whose answer was lost is searched for before it calls again', async () => {
    const lost = leftBehind('asks', 2, { notBeforeMs: startMs + hourMs });
    parking.pass(hourMs);
    await goOn({ ...lost, event: { ...lost.event, userId: 'u-2' } }, startMs + 2 * hourMs);
    expect(parking.mavera.calls()[0]).toMatchObject({ method: 'GET' });
    expect(await stateOf(lost)).toBe('done');
  });

  it('until the dispatcher has made its first pass, runs are performed in the one queue that is connected', async () => {
    await parking.runner.ledger.delete({ pk: 'dispatcher' });
    const run = leftBehind('asks', 31, { event: eventOf('u-31') });
    expect(await parking.deliver(run, 'intake')).toMatchObject({ outcome: 'done' });
    await parking.runner.pace.holdUntil(startMs + 30_000);
    const next = leftBehind('asks', 32, { event: eventOf('u-32') });
    expect(await parking.deliver(next, 'intake')).toMatchObject({ outcome: 'waiting', reason: 'pace' });
    const [message] = parking.sent();
    expect(message).toMatchObject({ queue: 'intake' });
    parking.pass(30_000);
    expect(await parking.deliver(message?.body ?? '', 'intake')).toMatchObject({ outcome: 'done' });
  });

  it('no finished run is done again', async () => {
    expect(await parking.deliver(leftBehind('asks', 1), 'intake')).toMatchObject({ outcome: 'repeated' });
    expect(parking.mavera.calls()).toEqual([]);
  });
});

describe('a rollback to the release before parking', () => {
  /** The members that the release before knows. It ignores no other that would matter: there is none. */
  const knownMembers = new Set([
    'version',
    'runId',
    'trigger',
    'source',
    'route',
    'messageId',
    'receivedAtMs',
    'deadlineAtMs',
    'notBeforeMs',
    'slotAtMs',
    'redrive',
    'report',
    'event',
  ]);

  async function parkSome(): Promise<readonly RunMessage[]> {
    await new OperatorDesk(parking.runner.ledger).pause('*', startMs);
    const runs = [21, 22, 23].map((index) => leftBehind('asks', index, { event: eventOf(`u-${index}`) }));
    for (const run of runs) {
      await parking.deliver(run, 'intake');
    }
    await new OperatorDesk(parking.runner.ledger).resume('*');
    return runs;
  }

  it('runs that were put back into the queue first are done there, once, as that release reads them', async () => {
    const runs = await parkSome();
    await parking.dispatcher.state.setParkingOff(startMs + hourMs);
    const queue = await world.newQueue();
    const sqs = world.clients.sqs;
    const unparked = await unparkRuns(
      { sqs, runQueueUrl: queue },
      parking.runner.parkedRuns,
      [{ lane: 'asks' }],
      { beforeBatch: async () => undefined, signal: new AbortController().signal },
    );
    expect(unparked).toMatchObject({ sent: 3, isFinished: true });
    const bodies = (await drain(sqs, queue)).map(({ Body = '' }) => Body);
    for (const body of bodies) {
      const message = JSON.parse(body) as Record<string, unknown>;
      expect(Object.keys(message).filter((name) => !knownMembers.has(name))).toEqual([]);
      expect(message.version).toBe(1);
      // That release performs a run where it is delivered, and has it wait in the same queue.
      await parking.deliver(body, 'ready');
    }
    await parking.work(startMs + 10 * 60_000);
    expect(await Promise.all(runs.map(stateOf))).toEqual(['done', 'done', 'done']);
    expect(parking.mavera.calls().filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  it('runs that stay parked wait for the next release without harm', async () => {
    const runs = await parkSome();
    // Meanwhile, the release before works without a dispatcher, and does not see them.
    parking.pass(2 * dayMs);
    await parking.work(startMs + 2 * dayMs + 10 * 60_000);
    expect(await Promise.all(runs.map(stateOf))).toEqual(['done', 'done', 'done']);
    expect(parking.mavera.calls().filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  it('runs whose time is over by then end as expired, and are dead letters: none is lost', async () => {
    const runs = await parkSome();
    parking.pass(5 * dayMs);
    await parking.work(startMs + 5 * dayMs + 10 * 60_000);
    expect(await Promise.all(runs.map(stateOf))).toEqual(['failed', 'failed', 'failed']);
    expect(parking.sent().filter(({ queue }) => queue === 'dead-letters')).toHaveLength(3);
  });
});

function eventOf(userId: string): RunMessage['event'] {
  return { ...newRun('asks', startMs).event, userId };
}
