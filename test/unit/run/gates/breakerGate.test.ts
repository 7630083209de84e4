import { describe, expect, it } from 'vitest';
import type { BreakerState } from '../../../../functions/ledger/sharedState.ts';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { breakerGate } from '../../../../functions/run/gates/maveraGates.ts';
import { gatedRun, nowMs } from './gatedRuns.ts';

const closed: BreakerState = {
  failures: 0,
  openUntilMs: 0,
  opens: 0,
  reason: '',
  probe: '',
  probeUntilMs: 0,
};
const open = { ...closed, opens: 1, reason: 'mavera_503 service_unavailable', openUntilMs: nowMs + 20_000 };
const halfOpen = { ...open, openUntilMs: nowMs };
const { runId } = gatedRun().message;

async function decide(breaker: BreakerState, drawn = 0): Promise<GateDecision> {
  return await breakerGate(() => drawn).decide(gatedRun({ shared: { breaker } }));
}

describe('the breaker in front of Mavera', () => {
  it('runs pass while the breaker is closed, even if a few calls have failed', async () => {
    expect(await decide(closed)).toEqual({ kind: 'pass' });
    expect(await decide({ ...closed, failures: 4 })).toEqual({ kind: 'pass' });
  });

  it('all runs wait while the breaker is open', async () => {
    expect(await decide(open)).toEqual({ kind: 'wait', untilMs: open.openUntilMs, reason: 'breaker_open' });
  });

  it.each([
    [1, 30_000],
    [2, 60_000],
    [20, 900_000],
  ])(
    'waiting runs come back spread over as long as the breaker was open: opened %d times',
    async (opens, spreadMs) => {
      expect(await decide({ ...open, opens }, 0.5)).toMatchObject({
        untilMs: open.openUntilMs + spreadMs / 2,
      });
    },
  );

  it('the run that probed waits too when its probe has opened the breaker again', async () => {
    expect(await decide({ ...open, probe: runId, probeUntilMs: nowMs + 1 })).toMatchObject({
      reason: 'breaker_open',
    });
  });

  it('a run passes as the probe once the breaker has been open for its time', async () => {
    expect(await decide(halfOpen)).toEqual({ kind: 'pass', probes: true });
    expect(await decide({ ...halfOpen, openUntilMs: nowMs - 3_600_000 })).toEqual({
      kind: 'pass',
      probes: true,
    });
  });

  const probing = { ...halfOpen, probe: 'another', probeUntilMs: nowMs + 1 };

  it('other runs wait some seconds while one probes', async () => {
    expect(await decide(probing)).toEqual({
      kind: 'wait',
      untilMs: nowMs + 5_000,
      reason: 'breaker_probing',
    });
  });

  it('a run waits longer each time that it finds another run probing', async () => {
    const waited = { atMs: nowMs, what: 'waits', reason: 'breaker_probing', times: 3 } as const;
    const run = gatedRun({ shared: { breaker: probing }, history: [waited] });
    expect(await breakerGate(() => 1).decide(run)).toMatchObject({ untilMs: nowMs + 80_000 });
  });

  it('the run that probes may go on', async () => {
    expect(await decide({ ...probing, probe: runId })).toEqual({ kind: 'pass', probes: true });
  });

  it('another run may probe when the probe did not end in its time', async () => {
    const dead = { ...halfOpen, probe: 'another', probeUntilMs: nowMs };
    expect(await decide(dead)).toEqual({ kind: 'pass', probes: true });
  });
});
