import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelKey } from '../../functions/ledger/keys.ts';
import { redriveNonce } from '../../functions/ledger/runs.ts';
import type { CancelMessage, RunMessage } from '../../functions/queue/runMessage.ts';
import type { HandledDelivery } from '../../functions/run/handleDelivery.ts';
import { askMave } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, runIn, startMs, startParkingWorld } from './parkingWorld.ts';
import { startWorld, type World } from './world.ts';

const minuteMs = 60_000;
const triggers: readonly Trigger[] = [
  {
    name: 'win-back',
    when: 'event = "Left"',
    run: askMave(() => ({ message: 'Why?' })),
    cancelledBy: { when: 'event = "Renewed"', per: 'user' },
  },
];

let world: World;
let parking: ParkingWorld;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

afterEach(() => parking.stop());

async function start(): Promise<void> {
  parking = await startParkingWorld(world, triggers);
}

/** A run whose event happened at a time. */
function leftAt(atMs: number, messageId = 'm-left'): RunMessage {
  const found = parking.runOf('win-back', { messageId, receivedAtMs: parking.now() });
  return { ...found, event: { ...found.event, timestamp: new Date(atMs).toISOString() } };
}

/** The message of an event that cancels, as the receiver sends it. */
async function renewedAt(atMs: number, user: string | undefined = undefined): Promise<HandledDelivery> {
  const key = cancelKey('win-back', user ?? parking.runOf('win-back').event.userId ?? '');
  const message: CancelMessage = {
    version: 1,
    kind: 'cancel',
    trigger: 'win-back',
    source: 'segment',
    route: 'default',
    messageId: 'm-renewed',
    key,
    atMs,
    expiresAtMs: startMs + 96 * 60 * minuteMs,
  };
  return await parking.deliver(JSON.stringify(message), 'intake');
}

async function itemOf({ runId }: RunMessage): Promise<unknown> {
  return await world.item(`run#${runId}`, parking.table);
}

const cancelled = { state: 'skipped', reason: 'cancelled' };

describe('an event that cancels', () => {
  it('cancels a run that waits for its slot', async () => {
    await start();
    const run = leftAt(startMs - minuteMs);
    await parking.deliver(run, 'intake');
    expect(await renewedAt(startMs)).toMatchObject({ outcome: 'noted', cancel: { trigger: 'win-back' } });
    await parking.work(startMs + minuteMs);
    expect(await itemOf(run)).toMatchObject(cancelled);
    expect(parking.mavera.calls()).toEqual([]);
  });

  it('that arrives before the run cancels it at its admission, if the run’s event happened before it', async () => {
    await start();
    await renewedAt(startMs);
    const run = leftAt(startMs - minuteMs);
    expect(await parking.deliver(run, 'intake')).toMatchObject({ outcome: 'skipped', reason: 'cancelled' });
  });

  it('cancels a run whose event happened at the same time', async () => {
    await start();
    await renewedAt(startMs - minuteMs);
    expect(await parking.deliver(leftAt(startMs - minuteMs), 'intake')).toMatchObject({
      outcome: 'skipped',
      reason: 'cancelled',
      gate: 'cancel',
    });
  });

  it('does not cancel a run whose event happened later, or one of another key', async () => {
    await start();
    await renewedAt(startMs - 2 * minuteMs);
    await renewedAt(startMs, 'somebody-else');
    const run = leftAt(startMs - minuteMs);
    await parking.deliver(run, 'intake');
    await parking.work(startMs + minuteMs);
    expect(await itemOf(run)).toMatchObject({ state: 'done' });
  });

  it('does not cancel a run that is done', async () => {
    await start();
    const run = leftAt(startMs - minuteMs);
    await parking.deliver(run, 'intake');
    await parking.work(startMs + minuteMs);
    await renewedAt(startMs);
    expect(await itemOf(run)).toMatchObject({ state: 'done' });
  });

  it('does not cancel a redriven run by a copy of its first message', async () => {
    await start();
    await renewedAt(startMs);
    const run = leftAt(startMs - minuteMs);
    await parking.deliver(run, 'intake');
    const item = (await itemOf(run)) as { readonly updatedAtMs: number };
    await parking.deliver({ ...run, redrive: redriveNonce(item.updatedAtMs) }, 'intake');
    await parking.deliver(run, 'intake');
    expect(await itemOf(run)).toMatchObject({ state: 'waiting' });
    await parking.work(startMs + minuteMs);
    expect(await itemOf(run)).toMatchObject({ state: 'done' });
  });

  it('does not cancel a run that an operator redrives', async () => {
    await start();
    await renewedAt(startMs);
    const run = leftAt(startMs - minuteMs);
    await parking.deliver(run, 'intake');
    const item = (await itemOf(run)) as { readonly updatedAtMs: number };
    await parking.deliver({ ...run, redrive: redriveNonce(item.updatedAtMs) }, 'intake');
    const [message] = parking.sent();
    expect(message && runIn(message)).toMatchObject({ runId: run.runId });
    await parking.deliver(message?.body ?? '', 'ready');
    expect(await itemOf(run)).toMatchObject({ state: 'done' });
  });
});
