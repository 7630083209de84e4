import { describe, expect, it } from 'vitest';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { concurrencyGate } from '../../../../functions/run/gates/maveraGates.ts';
import { gatedRun, nowMs } from './gatedRuns.ts';

async function decide(callsUnderWay: number, cap: number | undefined, drawn = 0): Promise<GateDecision> {
  return await concurrencyGate(() => drawn).decide(gatedRun({ cap, shared: { callsUnderWay } }));
}

describe('calls of a kind with a concurrency cap', () => {
  it('a run passes while fewer calls than the cap are under way', async () => {
    expect(await decide(0, 10)).toEqual({ kind: 'pass' });
    expect(await decide(9, 10)).toEqual({ kind: 'pass' });
  });

  it.each([10, 11])(
    'a run waits 5 to 10 s when the cap is reached: %d of 10 calls are under way',
    async (callsUnderWay) => {
      const wait = { kind: 'wait', reason: 'concurrency' };
      expect(await decide(callsUnderWay, 10)).toEqual({ ...wait, untilMs: nowMs + 5_000 });
      expect(await decide(callsUnderWay, 10, 1)).toEqual({ ...wait, untilMs: nowMs + 10_000 });
    },
  );

  it('a run waits longer each time that it finds the cap reached', async () => {
    const waited = { atMs: nowMs, what: 'waits', reason: 'concurrency', times: 2 } as const;
    const run = gatedRun({ cap: 10, shared: { callsUnderWay: 10 }, history: [waited] });
    expect(await concurrencyGate(() => 1).decide(run)).toMatchObject({ untilMs: nowMs + 40_000 });
  });
});

describe('calls of a kind without a concurrency cap', () => {
  it('a run of a kind without a cap passes, however many calls are under way', async () => {
    expect(await decide(1_000, undefined)).toEqual({ kind: 'pass' });
  });
});
