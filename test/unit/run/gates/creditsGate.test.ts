import { describe, expect, it } from 'vitest';
import type { KnownUsage } from '../../../../functions/ledger/sharedState.ts';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { creditsGate } from '../../../../functions/run/gates/maveraGates.ts';
import { gatedRun, nowMs } from './gatedRuns.ts';

const known: KnownUsage = {
  creditsRemaining: 49,
  creditsIncluded: 500,
  autoRecharge: false,
  readAtMs: nowMs - 60_000,
};

async function decide(usage: KnownUsage | undefined, drawn = 0): Promise<GateDecision> {
  return await creditsGate(() => drawn).decide(gatedRun({ estimatedCredits: 50, shared: { usage } }));
}

describe('the credits of the account', () => {
  it('a run passes when the account has at least the credits that it needs', async () => {
    expect(await decide({ ...known, creditsRemaining: 50 })).toEqual({ kind: 'pass' });
    expect(await decide({ ...known, creditsRemaining: 50_000 })).toEqual({ kind: 'pass' });
  });

  it('a run that needs more credits waits until the next reading of usage is due, plus up to a minute', async () => {
    const nextReadMs = known.readAtMs + 5 * 60_000;
    expect(await decide(known)).toEqual({ kind: 'wait', untilMs: nextReadMs, reason: 'credits_low' });
    expect(await decide(known, 0.5)).toMatchObject({ untilMs: nextReadMs + 30_000 });
  });

  it('a run that needs more credits waits up to a minute when the next reading of usage is already due', async () => {
    const old = { ...known, readAtMs: nowMs - 6 * 60_000 };
    expect(await decide(old)).toMatchObject({ kind: 'wait', untilMs: nowMs });
    expect(await decide(old, 0.5)).toMatchObject({ untilMs: nowMs + 30_000 });
  });

  it('a run passes when usage was last read more than 10 minutes ago, since Mavera may no longer answer', async () => {
    expect(await decide({ ...known, readAtMs: nowMs - 10 * 60_000 })).toMatchObject({ kind: 'wait' });
    expect(await decide({ ...known, readAtMs: nowMs - 10 * 60_000 - 1 })).toEqual({ kind: 'pass' });
    expect(await decide({ ...known, readAtMs: 0 })).toEqual({ kind: 'pass' });
  });

  it('a run passes when the account recharges its credits automatically', async () => {
    expect(await decide({ ...known, creditsRemaining: 0, autoRecharge: true })).toEqual({ kind: 'pass' });
  });

  it('a run passes while usage has not been read yet', async () => {
    expect(await decide(undefined)).toEqual({ kind: 'pass' });
  });

  it('a run that is expected to cost nothing passes even when the account has no credits left', async () => {
    const run = gatedRun({
      estimatedCredits: 0,
      shared: { usage: { ...known, creditsRemaining: 0 } },
    });
    expect(await creditsGate(() => 0).decide(run)).toEqual({ kind: 'pass' });
  });
});
