import { describe, expect, it } from 'vitest';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { staleGate } from '../../../../functions/run/gates/triggerGates.ts';
import { segmentEvent, trackEvent } from '../../segmentEvents.ts';
import { gatedRun, nowMs, type RunChanges } from './gatedRuns.ts';

const hourMs = 3_600_000;
const atMs = (ms: number): string => new Date(ms).toISOString();

/** The message of an event that Segment and we received at that time. */
function gotAt(ms: number, changes: object = {}): RunChanges['message'] & object {
  const event = segmentEvent(trackEvent({ receivedAt: atMs(ms), timestamp: atMs(ms), ...changes }));
  return { event, receivedAtMs: ms };
}

async function decide(message: RunChanges['message'] & object): Promise<GateDecision> {
  return await staleGate.decide(gatedRun({ message, trigger: { staleAfter: '1h' } }));
}

const stale = { kind: 'skip', reason: 'stale', detail: 'Its event was older than 1h' };

describe('a trigger with staleAfter', () => {
  it('a run whose event is older than staleAfter is skipped, and the detail names the age', async () => {
    expect(await decide(gotAt(nowMs - hourMs - 1))).toEqual(stale);
  });

  it('a run whose event is exactly as old as staleAfter passes', async () => {
    expect(await decide(gotAt(nowMs - hourMs))).toEqual({ kind: 'pass' });
  });

  it('the age counts from when Segment received the event, since Segment may deliver it later', async () => {
    const event = { ...gotAt(nowMs - 2 * hourMs), receivedAtMs: nowMs - 1_000 };
    expect(await decide(event)).toEqual(stale);
  });

  it("the age counts from the event's own time when that of Segment is missing", async () => {
    const old = gotAt(nowMs - 2 * hourMs, { receivedAt: null });
    expect(await decide({ ...old, receivedAtMs: nowMs - 1_000 })).toEqual(stale);
  });

  it('the age counts from when we received the event when it has no time', async () => {
    const timeless = { receivedAt: null, timestamp: null };
    expect(await decide(gotAt(nowMs - hourMs - 1, timeless))).toEqual(stale);
    expect(await decide(gotAt(nowMs - hourMs, timeless))).toEqual({ kind: 'pass' });
  });

  it('a run that waited too long in our queue is skipped, even if its event says that it is new', async () => {
    expect(await decide({ ...gotAt(nowMs), receivedAtMs: nowMs - hourMs - 1 })).toEqual(stale);
  });

  it('a run that an operator redrives passes, however old its event is', async () => {
    expect(await decide({ ...gotAt(nowMs - 100 * hourMs), redrive: 'ended-1' })).toEqual({ kind: 'pass' });
  });
});

describe('a trigger without staleAfter', () => {
  it('without staleAfter every run passes that has not reached its deadline', async () => {
    expect(await staleGate.decide(gatedRun({ message: gotAt(nowMs - 1_000 * hourMs) }))).toEqual({
      kind: 'pass',
    });
  });
});
