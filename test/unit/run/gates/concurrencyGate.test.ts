import { describe, expect, it } from 'vitest';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { concurrencyGate } from '../../../../functions/run/gates/maveraGates.ts';
import { gatedRun, nowMs } from './gatedRuns.ts';

async function decide(callsUnderWay: number, cap: number | undefined, drawn = 0): Promise<GateDecision> {
  return await concurrencyGate(() => drawn).decide(gatedRun({ cap, shared: { callsUnderWay } }));
}

describe('calls of a kind of which Mavera takes so many at once', () => {
  it('pass while one place is left', async () => {
    expect(await decide(0, 10)).toEqual({ kind: 'pass' });
    expect(await decide(9, 10)).toEqual({ kind: 'pass' });
  });

  it.each([10, 11])('wait 5 to 10 s when all places are taken: %d of 10', async (callsUnderWay) => {
    const wait = { kind: 'wait', reason: 'concurrency' };
    expect(await decide(callsUnderWay, 10)).toEqual({ ...wait, untilMs: nowMs + 5_000 });
    expect(await decide(callsUnderWay, 10, 1)).toEqual({ ...wait, untilMs: nowMs + 10_000 });
  });

  it('wait longer, the more often they have found none', async () => {
    const waited = { atMs: nowMs, what: 'waits', reason: 'concurrency', times: 2 } as const;
    const run = gatedRun({ cap: 10, shared: { callsUnderWay: 10 }, history: [waited] });
    expect(await concurrencyGate(() => 1).decide(run)).toMatchObject({ untilMs: nowMs + 40_000 });
  });
});

describe('calls of a kind of which Mavera names no such limit', () => {
  it('pass, however many are under way', async () => {
    expect(await decide(1_000, undefined)).toEqual({ kind: 'pass' });
  });
});
