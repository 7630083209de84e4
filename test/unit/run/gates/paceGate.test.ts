import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  type UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { LedgerTable } from '../../../../functions/ledger/ledgerTable.ts';
import { Pace } from '../../../../functions/ledger/pace.ts';
import { type DispatcherView, noDispatcher } from '../../../../functions/ledger/sharedState.ts';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { FirstSlotGate, intervalMsFor, PaceGate } from '../../../../functions/run/gates/paceGate.ts';
import { gatedRun, nowMs, type RunChanges } from './gatedRuns.ts';

/** Stands in for the table: holds the one item of the pace, and updates it if the conditions hold. */
class PaceItem {
  nextSlotAtMs: number | undefined;
  updates = 0;

  constructor(nextSlotAtMs?: number) {
    this.nextSlotAtMs = nextSlotAtMs;
  }

  readonly client = {
    send: async ({ input }: UpdateItemCommand) => this.#update(input.ExpressionAttributeValues ?? {}),
  } as unknown as DynamoDBClient;

  #update(values: Readonly<Record<string, AttributeValue>>): { Attributes: Record<string, AttributeValue> } {
    this.updates += 1;
    const value = (name: string): number => Number(values[name]?.N);
    const next = this.nextSlotAtMs;
    if (':length' in values && next !== undefined && next >= value(':now') && next <= value(':lastStart')) {
      this.nextSlotAtMs = next + value(':length');
    } else if (':next' in values && (next === undefined || next < value(':now'))) {
      this.nextSlotAtMs = value(':next');
    } else {
      throw new ConditionalCheckFailedException({
        $metadata: {},
        message: 'The conditional request failed',
        ...(next === undefined ? {} : { Item: { nextSlotAtMs: { N: `${next}` } } }),
      });
    }
    return { Attributes: { nextSlotAtMs: { N: `${this.nextSlotAtMs}` } } };
  }
}

/** As long as SQS can delay a message. */
const queuedAheadMs = 900_000;
const alive: DispatcherView = { ...noDispatcher, aliveAtMs: nowMs - 15_000 };

async function decide(item: PaceItem, changes: RunChanges = {}, drawn = 0): Promise<GateDecision> {
  const gate = new PaceGate({
    pace: new Pace(new LedgerTable(item.client, 'ledger')),
    requestsPerMinute: 60,
    random: () => drawn,
  });
  return await gate.decide(gatedRun(changes));
}

describe('a run that has missed slots', () => {
  const missed = (times: number): RunChanges => ({
    history: Array.from({ length: times }, () => [
      { atMs: nowMs, what: 'calls' as const },
      { atMs: nowMs, what: 'waits' as const, reason: 'slot_missed' },
    ]).flat(),
  });

  it('a run that has missed slots takes one that leaves it time to prepare, and waits for it on the spot', async () => {
    expect(await decide(new PaceItem(), missed(1))).toMatchObject({ kind: 'pass', startAtMs: nowMs + 1_000 });
    expect(await decide(new PaceItem(), missed(3))).toMatchObject({ kind: 'pass', startAtMs: nowMs + 4_000 });
    expect(await decide(new PaceItem(), missed(20))).toMatchObject({
      kind: 'pass',
      startAtMs: nowMs + 8_000,
    });
  });

  it('a run that has missed slots comes back that much earlier for a slot further away', async () => {
    expect(await decide(new PaceItem(nowMs + 30_000), missed(1))).toMatchObject({
      kind: 'wait',
      untilMs: nowMs + 29_000,
      slotAtMs: nowMs + 30_000,
    });
    const returned = { ...missed(1), message: { slotAtMs: nowMs + 3_000 } };
    expect(await decide(new PaceItem(), returned)).toMatchObject({ kind: 'pass', startAtMs: nowMs + 3_000 });
  });

  it('slots missed long ago are forgotten', async () => {
    const { history = [] } = missed(1);
    const since = Array.from({ length: 10 }, () => ({ atMs: nowMs, what: 'calls' as const }));
    expect(await decide(new PaceItem(), { history: [...history, ...since] })).toMatchObject({
      startAtMs: nowMs,
    });
  });
});

describe('a run without a slot', () => {
  it('a run without a slot gets the next free one, which is now when no others wait', async () => {
    for (const nextSlotAtMs of [undefined, nowMs - 1, nowMs]) {
      const item = new PaceItem(nextSlotAtMs);
      expect(await decide(item)).toEqual({ kind: 'pass', startAtMs: nowMs, lateByMs: 1_000 });
      expect(item.nextSlotAtMs).toBe(nowMs + intervalMsFor(60));
    }
  });

  it('a run waits on the spot for a slot that is near', async () => {
    expect(await decide(new PaceItem(nowMs + 2_000))).toEqual({
      kind: 'pass',
      startAtMs: nowMs + 2_000,
      lateByMs: 1_000,
    });
  });

  it('a run comes back for a slot that is further away', async () => {
    expect(await decide(new PaceItem(nowMs + 2_001))).toEqual({
      kind: 'wait',
      untilMs: nowMs + 2_001,
      slotAtMs: nowMs + 2_001,
      reason: 'pace',
    });
  });

  it('a run asks again later, spread over 15 minutes, when all slots of the next 15 minutes are taken', async () => {
    const nextSlotAtMs = nowMs + queuedAheadMs + 5_000;
    const full = new PaceItem(nextSlotAtMs);
    expect(await decide(full)).toEqual({ kind: 'wait', untilMs: nowMs + 5_000, reason: 'pace_full' });
    expect(await decide(full, {}, 0.5)).toMatchObject({ untilMs: nowMs + 5_000 + queuedAheadMs / 2 });
    expect(full.nextSlotAtMs).toBe(nextSlotAtMs);
  });
});

describe('a run whose dispatcher is alive', () => {
  it('a run takes a slot of the next 55 seconds', async () => {
    const last = new PaceItem(nowMs + 55_000);
    expect(await decide(last, { shared: { dispatcher: alive } })).toMatchObject({ slotAtMs: nowMs + 55_000 });
  });

  it('a run is to be parked when these slots are taken, and takes none', async () => {
    const full = new PaceItem(nowMs + 75_001);
    const decision = await decide(full, { shared: { dispatcher: alive } });
    expect(decision).toMatchObject({ kind: 'wait', reason: 'pace_full' });
    expect(full.nextSlotAtMs).toBe(nowMs + 75_001);
  });
});

describe('a run at its admission', () => {
  async function admit(item: PaceItem, changes: RunChanges = {}): Promise<GateDecision> {
    const pace = new Pace(new LedgerTable(item.client, 'ledger'));
    return await new FirstSlotGate({ pace, requestsPerMinute: 60, random: () => 0 }).decide(
      gatedRun(changes),
    );
  }

  it('a run comes back for a slot, also for one that is now', async () => {
    expect(await admit(new PaceItem(nowMs - 1))).toEqual({
      kind: 'wait',
      reason: 'pace',
      untilMs: nowMs,
      slotAtMs: nowMs,
    });
  });

  it.each([
    ['its trigger has parked runs', { waiting: new Set([gatedRun().trigger.name]) }],
    ['parked runs of any trigger wait for slots', { slotsWantedUntilMs: nowMs + 1 }],
  ])('a run takes no slot when %s', async (_case, view) => {
    const free = new PaceItem(nowMs - 1);
    const decision = await admit(free, { shared: { dispatcher: { ...alive, ...view } } });
    expect(decision).toEqual({ kind: 'wait', reason: 'pace_full', untilMs: nowMs });
    expect(free.updates).toBe(0);
  });

  it.each([
    ['other triggers have parked runs that wait for something else', { waiting: new Set(['other']) }],
    ['the parked runs have got their slots', { slotsWantedUntilMs: nowMs }],
    ['the dispatcher is not alive', { waiting: new Set(['churn-signal']), aliveAtMs: nowMs - 180_001 }],
  ])('a run takes a slot when %s', async (_case, view) => {
    const free = new PaceItem(nowMs - 1);
    const decision = await admit(free, { shared: { dispatcher: { ...alive, ...view } } });
    expect(decision).toMatchObject({ reason: 'pace', slotAtMs: nowMs });
  });
});

describe('a run that comes back for its slot', () => {
  it.each([
    ['early', 2_000],
    ['on time', 0],
    ['late, but not too late', -1_000],
  ])('a run that comes %s for its slot keeps it and takes no other', async (_what, aheadMs) => {
    const item = new PaceItem(nowMs + 60_000);
    expect(await decide(item, { message: { slotAtMs: nowMs + aheadMs } })).toEqual({
      kind: 'pass',
      startAtMs: nowMs + aheadMs,
      lateByMs: 1_000,
    });
    expect(item.updates).toBe(0);
  });

  it('a run that comes much too early for its slot waits for it', async () => {
    const item = new PaceItem();
    const slotAtMs = nowMs + 2_001;
    expect(await decide(item, { message: { slotAtMs } })).toEqual({
      kind: 'wait',
      untilMs: slotAtMs,
      slotAtMs,
      reason: 'pace',
    });
    expect(item.updates).toBe(0);
  });

  it('a run that has missed its slot gets another one', async () => {
    const item = new PaceItem(nowMs + 5_000);
    expect(await decide(item, { message: { slotAtMs: nowMs - 1_001 } })).toMatchObject({
      kind: 'wait',
      slotAtMs: nowMs + 5_000,
    });
  });

  it('a run gets another slot when Mavera has asked all callers to wait beyond the first one', async () => {
    const item = new PaceItem(nowMs + 30_000);
    const held = { message: { slotAtMs: nowMs }, shared: { paceHeldUntilMs: nowMs + 1 } };
    expect(await decide(item, held)).toMatchObject({ kind: 'wait', slotAtMs: nowMs + 30_000 });
  });

  it('a run keeps its slot when the wait that Mavera asked for is over', async () => {
    const item = new PaceItem();
    const over = { message: { slotAtMs: nowMs }, shared: { paceHeldUntilMs: nowMs } };
    expect(await decide(item, over)).toMatchObject({ kind: 'pass', startAtMs: nowMs });
    expect(item.updates).toBe(0);
  });
});

describe('the time between two slots', () => {
  const usage = { creditsRemaining: 500, creditsIncluded: 500, autoRecharge: false, readAtMs: nowMs };

  it.each([
    ['slots follow the limit of the plan when it is lower than the configured one', 30, 30],
    ['slots follow the configured limit when the plan allows more', 600, 60],
    ['slots follow the configured limit when Mavera has not told the limit of the plan', undefined, 60],
  ])('%s', async (_what, requestsPerMinute, expected) => {
    const item = new PaceItem(nowMs);
    await decide(item, { shared: { usage: { ...usage, requestsPerMinute } } });
    expect(item.nextSlotAtMs).toBe(nowMs + intervalMsFor(expected));
  });
});
