import { describe, expect, it } from 'vitest';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { staleGate } from '../../../../functions/run/gates/triggerGates.ts';
import { segmentEvent, trackEvent } from '../../segmentEvents.ts';
import { gatedRun, nowMs, type RunChanges } from './gatedRuns.ts';

const hourMs = 3_600_000;
const atMs = (ms: number): string => new Date(ms).toISOString();

/** An event that Segment has got at that time, and so have we. */
function gotAt(ms: number, changes: object = {}): RunChanges['message'] & object {
  const event = segmentEvent(trackEvent({ receivedAt: atMs(ms), timestamp: atMs(ms), ...changes }));
  return { event, receivedAtMs: ms };
}

async function decide(message: RunChanges['message'] & object): Promise<GateDecision> {
  return await staleGate.decide(gatedRun({ message, trigger: { staleAfter: '1h' } }));
}

const stale = { kind: 'skip', reason: 'stale', detail: 'Its event was older than 1h' };

describe('a trigger that wants no old events', () => {
  it('skips a run whose event is older by the time its turn comes, and says than what', async () => {
    expect(await decide(gotAt(nowMs - hourMs - 1))).toEqual(stale);
  });

  it('makes a run whose event is just as old as it may be', async () => {
    expect(await decide(gotAt(nowMs - hourMs))).toEqual({ kind: 'pass' });
  });

  it('goes by when Segment got the event: it may have kept it back', async () => {
    const event = { ...gotAt(nowMs - 2 * hourMs), receivedAtMs: nowMs - 1_000 };
    expect(await decide(event)).toEqual(stale);
  });

  it("goes by the event's own time where Segment's is missing", async () => {
    const old = gotAt(nowMs - 2 * hourMs, { receivedAt: null });
    expect(await decide({ ...old, receivedAtMs: nowMs - 1_000 })).toEqual(stale);
  });

  it('goes by when it came to us where the event says nothing', async () => {
    const timeless = { receivedAt: null, timestamp: null };
    expect(await decide(gotAt(nowMs - hourMs - 1, timeless))).toEqual(stale);
    expect(await decide(gotAt(nowMs - hourMs, timeless))).toEqual({ kind: 'pass' });
  });

  it('skips what waited for long in our own queue, though the event says that it is new', async () => {
    expect(await decide({ ...gotAt(nowMs), receivedAtMs: nowMs - hourMs - 1 })).toEqual(stale);
  });

  it('makes a run that an operator redrives, however old its event', async () => {
    expect(await decide({ ...gotAt(nowMs - 100 * hourMs), redrive: 'ended-1' })).toEqual({ kind: 'pass' });
  });
});

describe('a trigger that says nothing of age', () => {
  it('makes every run that has not reached its deadline', async () => {
    expect(await staleGate.decide(gatedRun({ message: gotAt(nowMs - 1_000 * hourMs) }))).toEqual({
      kind: 'pass',
    });
  });
});
