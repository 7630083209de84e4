import { describe, expect, it } from 'vitest';
import type { KnownUsage } from '../../../../functions/ledger/sharedState.ts';
import type { GateDecision } from '../../../../functions/run/gates/gate.ts';
import { creditsGate } from '../../../../functions/run/gates/maveraGates.ts';
import { gatedRun, nowMs } from './gatedRuns.ts';

const lookedAt: KnownUsage = {
  creditsRemaining: 49,
  creditsIncluded: 500,
  autoRecharge: false,
  readAtMs: nowMs - 60_000,
};

async function decide(usage: KnownUsage | undefined, drawn = 0): Promise<GateDecision> {
  return await creditsGate(() => drawn).decide(gatedRun({ estimatedCredits: 50, shared: { usage } }));
}

describe('the credits of the account', () => {
  it('let a run pass that they suffice for, be it to the last of them', async () => {
    expect(await decide({ ...lookedAt, creditsRemaining: 50 })).toEqual({ kind: 'pass' });
    expect(await decide({ ...lookedAt, creditsRemaining: 50_000 })).toEqual({ kind: 'pass' });
  });

  it('have a run wait that they do not suffice for, until somebody looks again, and up to a minute more', async () => {
    const nextLookMs = lookedAt.readAtMs + 5 * 60_000;
    expect(await decide(lookedAt)).toEqual({ kind: 'wait', untilMs: nextLookMs, reason: 'credits_low' });
    expect(await decide(lookedAt, 0.5)).toMatchObject({ untilMs: nextLookMs + 30_000 });
  });

  it('have it wait no longer than the spread when the next look is due', async () => {
    const old = { ...lookedAt, readAtMs: nowMs - 6 * 60_000 };
    expect(await decide(old)).toMatchObject({ kind: 'wait', untilMs: nowMs });
    expect(await decide(old, 0.5)).toMatchObject({ untilMs: nowMs + 30_000 });
  });

  it('hold nobody back by a look that is old, since Mavera may not answer such looks any more', async () => {
    expect(await decide({ ...lookedAt, readAtMs: nowMs - 10 * 60_000 })).toMatchObject({ kind: 'wait' });
    expect(await decide({ ...lookedAt, readAtMs: nowMs - 10 * 60_000 - 1 })).toEqual({ kind: 'pass' });
    expect(await decide({ ...lookedAt, readAtMs: 0 })).toEqual({ kind: 'pass' });
  });

  it('let a run pass when the account buys credits by itself', async () => {
    expect(await decide({ ...lookedAt, creditsRemaining: 0, autoRecharge: true })).toEqual({ kind: 'pass' });
  });

  it('let a run pass while nobody has looked', async () => {
    expect(await decide(undefined)).toEqual({ kind: 'pass' });
  });

  it('let a run pass that is expected to cost nothing, even of an account with nothing left', async () => {
    const run = gatedRun({
      estimatedCredits: 0,
      shared: { usage: { ...lookedAt, creditsRemaining: 0 } },
    });
    expect(await creditsGate(() => 0).decide(run)).toEqual({ kind: 'pass' });
  });
});
