import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Cancellations } from '../../functions/ledger/cancellations.ts';
import { cancelKey } from '../../functions/ledger/keys.ts';
import { LedgerTable } from '../../functions/ledger/ledgerTable.ts';
import type { GateDecision } from '../../functions/run/gates/gate.ts';
import { CancelledGate } from '../../functions/run/gates/triggerGates.ts';
import type { CancelledBy } from '../../functions/triggers/trigger.ts';
import { gatedRun, nowMs, type RunChanges } from '../unit/run/gates/gatedRuns.ts';
import { segmentEvent, trackEvent } from '../unit/segmentEvents.ts';
import { startWorld, type World } from './world.ts';

const key = cancelKey('plan-upgraded', 'u-1');
const laterSeconds = Math.ceil(nowMs / 1000) + 345_600;

let world: World;
let table: string;
let cancellations: Cancellations;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

beforeEach(async () => {
  table = await world.newTable();
  cancellations = new Cancellations(new LedgerTable(world.clients.dynamodb, table));
});

describe('the events that cancel runs', () => {
  it('the latest event time is known, in whatever order the events arrive', async () => {
    expect(await cancellations.readAtMs(key)).toBeUndefined();
    await cancellations.note(key, nowMs, laterSeconds);
    await cancellations.note(key, nowMs - 5_000, laterSeconds);
    expect(await cancellations.readAtMs(key)).toBe(nowMs);
    await cancellations.note(key, nowMs + 1, laterSeconds);
    expect(await cancellations.readAtMs(key)).toBe(nowMs + 1);
  });

  it('the latest of many that are noted at once is known', async () => {
    const times = Array.from({ length: 12 }, (_none, index) => nowMs + ((index * 7) % 12));
    await Promise.all(times.map((atMs) => cancellations.note(key, atMs, laterSeconds)));
    expect(await cancellations.readAtMs(key)).toBe(nowMs + 11);
  });

  it('an older event that arrives later prolongs the item, and a repeat writes nothing new', async () => {
    await cancellations.note(key, nowMs, laterSeconds);
    await cancellations.note(key, nowMs - 5_000, laterSeconds + 60);
    await cancellations.note(key, nowMs - 5_000, laterSeconds);
    expect(await world.item(key, table)).toEqual({ pk: key, atMs: nowMs, expiresAt: laterSeconds + 60 });
  });

  it('each trigger and each key has its own', async () => {
    await cancellations.note(key, nowMs, laterSeconds);
    expect(await cancellations.readAtMs(cancelKey('plan-upgraded', 'u-2'))).toBeUndefined();
    expect(await cancellations.readAtMs(cancelKey('churn-signal', 'u-1'))).toBeUndefined();
  });
});

describe('a run of a trigger with cancelledBy', () => {
  const cancelledBy: CancelledBy = { when: 'event = "Renewed"', per: 'user' };
  const eventAtMs = nowMs - 60_000;
  const event = segmentEvent(
    trackEvent({ timestamp: new Date(eventAtMs).toISOString(), receivedAt: new Date(nowMs).toISOString() }),
  );

  async function decide(changes: RunChanges = {}): Promise<GateDecision> {
    const run = gatedRun({
      trigger: { cancelledBy },
      keys: { cancel: key },
      ...changes,
      message: { event, receivedAtMs: nowMs, ...changes.message },
    });
    return await new CancelledGate(cancellations).decide(run);
  }

  it('is skipped if its event happened before the cancelling event, or at the same time', async () => {
    await cancellations.note(key, eventAtMs, laterSeconds);
    const at = new Date(eventAtMs).toISOString();
    const detail = `Its event is from ${at}; an event from ${at} cancelled it`;
    expect(await decide()).toEqual({ kind: 'skip', reason: 'cancelled', detail });
    await cancellations.note(key, eventAtMs + 1, laterSeconds);
    expect(await decide()).toMatchObject({ kind: 'skip', reason: 'cancelled' });
  });

  it('passes if its event happened after the cancelling event', async () => {
    await cancellations.note(key, eventAtMs - 1, laterSeconds);
    expect(await decide()).toEqual({ kind: 'pass' });
  });

  it('passes if no event cancels it', async () => {
    expect(await decide()).toEqual({ kind: 'pass' });
    await cancellations.note(key, nowMs, laterSeconds);
    expect(await decide({ keys: { cancel: cancelKey('plan-upgraded', 'u-2') } })).toEqual({ kind: 'pass' });
  });

  it('passes if its event has no key, or the trigger names no such events any more', async () => {
    await cancellations.note(key, nowMs, laterSeconds);
    expect(await decide({ keys: {} })).toEqual({ kind: 'pass' });
    expect(await decide({ trigger: {} })).toEqual({ kind: 'pass' });
  });

  it('passes if an operator redrives it', async () => {
    await cancellations.note(key, nowMs, laterSeconds);
    expect(await decide({ message: { redrive: 'ended-1' } })).toEqual({ kind: 'pass' });
  });
});
