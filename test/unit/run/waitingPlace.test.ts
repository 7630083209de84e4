import { describe, expect, it } from 'vitest';
import { noDispatcher } from '../../../functions/ledger/sharedState.ts';
import type { Reason } from '../../../functions/run/reasons.ts';
import { endsAtMs, waitingPlace } from '../../../functions/run/waitingPlace.ts';
import { receivedAtMs, runMessage } from '../runMessages.ts';

const nowMs = receivedAtMs + 1_000;
const alive = { ...noDispatcher, aliveAtMs: nowMs - 15_000 };
const run = runMessage();

function placeOf(
  reason: Reason,
  waitMs: number,
  slotAtMs?: number,
  dispatcher: typeof alive | undefined = alive,
): unknown {
  return waitingPlace({ reason, untilMs: nowMs + waitMs, slotAtMs }, run, dispatcher, nowMs);
}

const ready = { kind: 'queued', queue: 'ready' };

describe('where a run waits', () => {
  it.each<Reason>([
    'paused',
    'trigger_paused',
    'budget_spent',
    'overall_budget_spent',
    'credits_low',
    'breaker_open',
    'breaker_probing',
    'concurrency',
    'pace_full',
    'api_key_unavailable',
  ])('without a known end (%s), in the lane of its trigger, by the arrival of its event', (reason) => {
    expect(placeOf(reason, 1)).toEqual({ kind: 'parked', lane: run.trigger, orderMs: receivedAtMs });
  });

  it('for its slot, in the ready queue', () => {
    expect(placeOf('pace', 75_000, nowMs + 75_000)).toEqual(ready);
    expect(placeOf('mavera_503', 10_000, nowMs + 70_000)).toEqual(ready);
  });

  it('for two minutes at most, in the ready queue', () => {
    expect(placeOf('mavera_503', 120_000)).toEqual(ready);
  });

  it('longer until a known time, in the lane of these, by that time', () => {
    const parked = { kind: 'parked', lane: '~notBefore', orderMs: nowMs + 120_001 };
    expect(placeOf('collecting', 120_001)).toEqual(parked);
    expect(placeOf('focus_group_running', 120_001)).toEqual(parked);
  });

  it('without a dispatcher, in a queue: one that asks again must not stand in the way of those with a slot', () => {
    const gone = { ...noDispatcher, aliveAtMs: nowMs - 180_001 };
    expect(placeOf('budget_spent', 900_000, undefined, gone)).toEqual({ kind: 'queued', queue: 'intake' });
    expect(placeOf('collecting', 900_000, undefined, gone)).toEqual(ready);
    expect(placeOf('pace', 900_000, nowMs + 900_000, gone)).toEqual(ready);
  });
});

it('a run that was not looked at yet goes on in the ready queue', () => {
  expect(waitingPlace({ reason: 'has_begun', untilMs: nowMs }, run, undefined, nowMs)).toEqual(ready);
});

describe('where a run waits while the ready queue is not in use', () => {
  it.each([
    ['before the first pass of a dispatcher', noDispatcher],
    ['while an operator puts all back', { ...alive, parkingOffUntilMs: nowMs + 1 }],
    ['when the dispatcher is gone for more than an hour', { ...alive, aliveAtMs: nowMs - 3_600_001 }],
  ])('%s, in the one queue that every release has', (_case, dispatcher) => {
    const intake = { kind: 'queued', queue: 'intake' };
    expect(placeOf('pace', 75_000, nowMs + 75_000, dispatcher)).toEqual(intake);
    expect(placeOf('mavera_503', 10_000, undefined, dispatcher)).toEqual(intake);
    expect(placeOf('collecting', 900_000, undefined, dispatcher)).toEqual(intake);
    expect(placeOf('budget_spent', 900_000, undefined, dispatcher)).toEqual(intake);
  });
});

describe('when a parked run is ended', () => {
  const deadlineAtMs = receivedAtMs + 86_400_000;
  const message = runMessage({ deadlineAtMs });

  it('is its deadline', () => {
    expect(endsAtMs(message, undefined, false)).toBe(deadlineAtMs);
    expect(endsAtMs(message, '2d', false)).toBe(deadlineAtMs);
  });

  it('is when its event is stale, counted from when Segment got it', () => {
    const event = { ...message.event, receivedAt: new Date(receivedAtMs - 60_000).toISOString() };
    expect(endsAtMs({ ...message, event }, '1h', false)).toBe(receivedAtMs - 60_000 + 3_600_000);
  });

  it('is when its event is stale, counted from its arrival at the latest', () => {
    const event = { ...message.event, receivedAt: new Date(receivedAtMs + 600_000).toISOString() };
    expect(endsAtMs({ ...message, event }, '1h', false)).toBe(receivedAtMs + 3_600_000);
  });

  it.each([
    ['it has begun', message, true],
    ['an operator has redriven it', { ...message, redrive: 'ended-1' }, false],
  ])('is its deadline when %s, however old its event is', (_case, found, hasBegun) => {
    expect(endsAtMs(found, '1h', hasBegun)).toBe(deadlineAtMs);
  });
});
