import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../functions/ledger/decision.ts';
import { type DecideOutcome, Decisions } from '../../functions/ledger/decisions.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../functions/ledger/operatorDesk.ts';
import { approvalLane } from '../../functions/ledger/parkedIndex.ts';
import { redriveNonce } from '../../functions/ledger/runs.ts';
import { parseRunMessage, type RunMessage } from '../../functions/queue/runMessage.ts';
import type { ApprovalNotice } from '../../functions/results/approvalNotice.ts';
import type { HandledDelivery } from '../../functions/run/handleDelivery.ts';
import { createPersona, updatePersona } from '../../functions/triggers/actions.ts';
import type { Trigger } from '../../functions/triggers/trigger.ts';
import { type ParkingWorld, runIn, startMs, startParkingWorld } from './parkingWorld.ts';
import { startWorld, type World } from './world.ts';

const minuteMs = 60_000;
const run = createPersona(() => ({ name: 'Somebody', pipeline_type: 'north_star', type: 'B2B' }));
const approve = { above: 100 };
const triggers: readonly Trigger[] = [
  { name: 'dear', when: 'type = "track"', run, approve },
  { name: 'budgeted', when: 'type = "track"', run, approve, budget: { credits: 900, per: 'day' } },
  { name: 'stale', when: 'type = "track"', run, approve, staleAfter: '1h' },
  { name: 'cheap', when: 'type = "track"', run: { ...run, estimatedCredits: 100 }, approve },
  {
    name: 'updating',
    when: 'type = "track"',
    run: updatePersona(() => ({ name: 'Somebody', pipeline_type: 'north_star', type: 'B2B' }), {
      per: 'user',
    }),
    approve,
  },
  { name: 'gather', when: 'type = "track"', run, approve, collect: { count: 2, within: '1h' } },
];

let world: World;
let parking: ParkingWorld;
let notices: ApprovalNotice[];

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

afterEach(() => parking.stop());

async function start(): Promise<void> {
  notices = [];
  parking = await startParkingWorld(world, triggers, {
    sns: {
      send: async ({ input }: { readonly input: { readonly Message: string } }) => {
        const message = JSON.parse(input.Message) as ApprovalNotice;
        notices.push(...(message.state === 'waiting' ? [message] : []));
        return {};
      },
    } as never,
  });
}

/** A run that has been admitted. */
async function admitted(trigger: string, more: Partial<RunMessage> = {}): Promise<RunMessage> {
  const message = parking.runOf(trigger, more);
  await parking.deliver(message, 'intake');
  return message;
}

async function decide(verdict: Verdict, runId: string, parkings?: number): Promise<DecideOutcome> {
  const decisions = new Decisions(new LedgerTable(world.clients.dynamodb, parking.table));
  const parked = await parking.runner.parkedRuns.read(runId);
  return await decisions.decide(runId, {
    decision: verdict,
    by: 'ann',
    nowMs: parking.now(),
    parkings: parkings ?? parked?.number,
  });
}

/** What `ops runs approve` and its like do: the decision, then the message, then the parked item. */
async function carryOut(verdict: Verdict, runId: string): Promise<HandledDelivery> {
  expect(await decide(verdict, runId)).toEqual({ kind: 'decided' });
  const parked = (await parking.runner.parkedRuns.readMessages([runId])).get(runId);
  const message = { ...parseRunMessage(parked?.body ?? ''), notBeforeMs: undefined, slotAtMs: undefined };
  const handled = await parking.deliver(message, 'ready');
  await parking.runner.parkedRuns.unpark(runId, parked?.number ?? 0);
  return handled;
}

async function itemOf(runId: string): Promise<Readonly<Record<string, unknown>>> {
  return (await world.item(`run#${runId}`, parking.table)) ?? {};
}

describe('a run above the credits of approve', () => {
  it('is parked until a person decides; nothing is reserved, and the topic gets a notice', async () => {
    await start();
    const { runId } = await admitted('budgeted', { messageId: 'm-1' });
    expect(await parking.runner.parkedRuns.read(runId)).toMatchObject({
      lane: approvalLane,
      trigger: 'budgeted',
      number: 1,
      credits: 300,
    });
    expect(await itemOf(runId)).toMatchObject({ state: 'waiting', reason: 'approval' });
    expect(await itemOf(runId)).not.toHaveProperty('creditsReserved');
    expect(notices).toMatchObject([
      { runId, trigger: 'budgeted', state: 'waiting', reason: 'approval', estimatedCredits: 300 },
    ]);
    const handled = await parking.work(startMs + 10 * minuteMs);
    expect(handled).toEqual([]);
    expect(notices).toHaveLength(1);
    expect(parking.mavera.calls()).toEqual([]);
  });

  it('is made once it is approved', async () => {
    await start();
    const { runId } = await admitted('dear');
    expect(await carryOut('approved', runId)).toMatchObject({ outcome: 'done' });
    expect(await parking.runner.parkedRuns.read(runId)).toBeUndefined();
    expect(parking.mavera.calls()).toHaveLength(1);
    expect(JSON.parse(String((await itemOf(runId)).history))).toContainEqual(
      expect.objectContaining({ what: 'approved', by: 'ann' }),
    );
  });

  it('is skipped once it is denied, also while its trigger is paused, and calls nothing', async () => {
    await start();
    const { runId } = await admitted('dear');
    await new OperatorDesk(new LedgerTable(world.clients.dynamodb, parking.table)).pause('dear', startMs);
    expect(await carryOut('denied', runId)).toMatchObject({ outcome: 'skipped', reason: 'denied' });
    expect(parking.mavera.calls()).toEqual([]);
  });

  it('asks again after a redrive', async () => {
    await start();
    const message = await admitted('dear');
    const { runId } = message;
    await carryOut('denied', runId);
    const redrive = redriveNonce(Number((await itemOf(runId)).updatedAtMs));
    await parking.deliver({ ...message, redrive }, 'intake');
    expect(await itemOf(runId)).toMatchObject({ state: 'waiting', reason: 'approval' });
    expect(notices).toHaveLength(2);
    expect(await carryOut('approved', runId)).toMatchObject({ outcome: 'done' });
  });

  it('ends as expired if nobody has decided by its deadline', async () => {
    await start();
    const { runId } = await admitted('dear', { deadlineAtMs: startMs + 5 * minuteMs });
    await parking.work(startMs + 7 * minuteMs);
    expect(await itemOf(runId)).toMatchObject({ state: 'failed', reason: 'expired' });
    expect(await parking.runner.parkedRuns.read(runId)).toBeUndefined();
  });

  it('ends as stale if nobody has decided within staleAfter', async () => {
    await start();
    const { runId } = await admitted('stale');
    await parking.work(startMs + 62 * minuteMs);
    expect(await itemOf(runId)).toMatchObject({ state: 'skipped', reason: 'stale' });
  });

  it('cannot be decided about by the number of an earlier parking', async () => {
    await start();
    const message = await admitted('dear');
    await parking.deliver(message, 'intake');
    expect(await parking.runner.parkedRuns.read(message.runId)).toMatchObject({ number: 2 });
    expect(await decide('approved', message.runId, 1)).toMatchObject({ kind: 'parked_again' });
    expect(await itemOf(message.runId)).not.toHaveProperty('approval');
  });

  it('asks once for all events of a collection', async () => {
    await start();
    await admitted('gather', { messageId: 'm-1' });
    const { runId } = await admitted('gather', { messageId: 'm-2' });
    await parking.work(startMs + minuteMs);
    expect(notices.map((notice) => notice.runId)).toEqual([runId]);
    expect(await carryOut('denied', runId)).toMatchObject({ outcome: 'skipped', reason: 'denied' });
  });
});

describe('a run that needs no approval', () => {
  it('goes on if it is expected to cost exactly as many credits as approve names', async () => {
    await start();
    await admitted('cheap');
    expect(parking.sent().map((message) => runIn(message).slotAtMs)).toEqual([startMs]);
    expect(notices).toEqual([]);
  });

  it('goes on if it updates a persona, which costs nothing; only its creation needs approval', async () => {
    await start();
    const { runId } = await admitted('updating', { messageId: 'm-1' });
    await parking.work(startMs + minuteMs);
    expect(await itemOf(runId)).toMatchObject({ state: 'waiting', reason: 'approval' });
    expect(await carryOut('approved', runId)).toMatchObject({ outcome: 'done' });
    const update = await admitted('updating', { messageId: 'm-2' });
    await parking.work(parking.now() + minuteMs);
    expect(await itemOf(update.runId)).toMatchObject({ state: 'done' });
    expect(notices.map((notice) => notice.runId)).toEqual([runId]);
  });
});

describe('a run that an operator cancels', () => {
  it('is skipped as cancelled, whatever it waits for', async () => {
    await start();
    await new OperatorDesk(new LedgerTable(world.clients.dynamodb, parking.table)).pause('cheap', startMs);
    const { runId } = await admitted('cheap');
    expect(await itemOf(runId)).toMatchObject({ reason: 'trigger_paused' });
    expect(await carryOut('cancelled', runId)).toMatchObject({ outcome: 'skipped', reason: 'cancelled' });
  });
});
