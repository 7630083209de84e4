import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../functions/ledger/decision.ts';
import { approvalGate, decisionGate } from '../../../../functions/run/gates/triggerGates.ts';
import { updatePersona } from '../../../../functions/triggers/actions.ts';
import { gatedRun, nowMs, type RunChanges } from './gatedRuns.ts';

const minuteMs = 60_000;
const passed = { kind: 'pass' };

function decided(decision: Decision['decision']): Decision {
  return { decision, by: 'arn:aws:iam::1:user/ann', atMs: nowMs - minuteMs };
}

function ask(changes: RunChanges, random = () => 0): unknown {
  return approvalGate('call', random).decide(gatedRun({ trigger: { approve: { above: 100 } }, ...changes }));
}

describe('a trigger with approve', () => {
  it('a run that is expected to cost more waits for approval', () => {
    const wait = { kind: 'wait', reason: 'approval', untilMs: nowMs + 15 * minuteMs };
    expect(ask({ estimatedCredits: 100.5 })).toEqual(wait);
    expect(ask({ estimatedCredits: 300 }, () => 0.9)).toEqual({ ...wait, untilMs: nowMs + 10.5 * minuteMs });
  });

  it('a run that is expected to cost exactly as much passes', () => {
    expect(ask({ estimatedCredits: 100 })).toEqual(passed);
  });

  it('above 0 means every run that costs something', () => {
    const trigger = { approve: { above: 0 } };
    expect(ask({ trigger, estimatedCredits: 0 })).toEqual(passed);
    expect(ask({ trigger, estimatedCredits: 0.1 })).toMatchObject({ reason: 'approval' });
  });

  it('a run that an operator has approved passes', () => {
    expect(ask({ estimatedCredits: 300, approval: decided('approved') })).toEqual(passed);
  });

  it('a run that a redrive makes again is asked for again', () => {
    expect(ask({ estimatedCredits: 300, message: { redrive: 'ended-1' } })).toMatchObject({ kind: 'wait' });
  });
});

describe('a trigger that updates personas', () => {
  const run = updatePersona(() => ({ name: 'Somebody' }), { per: 'user' });
  const asked = (moment: 'admission' | 'call', options: object = {}): unknown =>
    approvalGate(moment, () => 0).decide(
      gatedRun({
        trigger: { approve: { above: 100 }, run: { ...run, ...options } },
        estimatedCredits: 300,
      }),
    );

  it('asks for approval before the call only, when it is known whether a persona is created', () => {
    expect(asked('admission')).toEqual(passed);
    expect(asked('call')).toMatchObject({ reason: 'approval' });
  });

  it('asks at admission if it says itself what a run costs', () => {
    expect(asked('admission', { estimatedCredits: 300 })).toMatchObject({ reason: 'approval' });
  });
});

describe('a trigger without approve', () => {
  it('a run passes, whatever it costs', () => {
    expect(approvalGate('call', () => 0).decide(gatedRun({ estimatedCredits: 10_000 }))).toEqual(passed);
  });
});

describe('a run that an operator has decided about', () => {
  it.each(['denied', 'cancelled'] as const)('is skipped with who and when: %s', (decision) => {
    const detail = `By arn:aws:iam::1:user/ann at ${new Date(nowMs - minuteMs).toISOString()}`;
    const skipped = { kind: 'skip', reason: decision, detail };
    expect(decisionGate.decide(gatedRun({ approval: decided(decision) }))).toEqual(skipped);
    // Also where the trigger has changed since, so that it would not ask.
    expect(ask({ trigger: {}, approval: decided(decision) })).toEqual(skipped);
  });

  it('passes the first look if it is approved, or if nobody has decided', () => {
    expect(decisionGate.decide(gatedRun({ approval: decided('approved') }))).toEqual(passed);
    expect(decisionGate.decide(gatedRun())).toEqual(passed);
  });
});
