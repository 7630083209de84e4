import { describe, expect, it } from 'vitest';
import { pauseGate } from '../../../../functions/run/gates/triggerGates.ts';
import { gatedRun, nowMs, type RunChanges } from './gatedRuns.ts';

const minuteMs = 60_000;
const pausedSince = (sinceMs: Readonly<Record<string, number>>): RunChanges['shared'] & object => ({
  operator: { pausedSinceMs: new Map(Object.entries(sinceMs)), budgetCredits: new Map() },
});
const paused = (...triggers: readonly string[]): RunChanges['shared'] & object =>
  pausedSince(Object.fromEntries(triggers.map((trigger) => [trigger, nowMs - minuteMs])));
const gate = pauseGate(() => 0);

describe('pausing', () => {
  it('all runs pass while nothing is paused', () => {
    expect(gate.decide(gatedRun())).toEqual({ kind: 'pass' });
  });

  it('the runs of a paused trigger wait with the reason trigger_paused', () => {
    expect(gate.decide(gatedRun({ shared: paused('plan-upgraded') }))).toMatchObject({
      kind: 'wait',
      reason: 'trigger_paused',
    });
  });

  it('the runs of a trigger pass while other triggers are paused', () => {
    const { decide } = gate;
    expect(decide(gatedRun({ shared: paused('churn-signal', 'plan', 'plan-upgraded-2') }))).toEqual({
      kind: 'pass',
    });
  });

  it('all runs wait when all triggers are paused, whether or not their own trigger is paused too', () => {
    for (const triggers of [['*'], ['*', 'plan-upgraded']]) {
      expect(gate.decide(gatedRun({ shared: paused(...triggers) }))).toMatchObject({
        kind: 'wait',
        reason: 'paused',
      });
    }
  });

  it('a redriven run waits during a pause too', () => {
    const redriven = gatedRun({ message: { redrive: 'ended-1' }, shared: paused('*') });
    expect(gate.decide(redriven)).toMatchObject({ kind: 'wait' });
  });

  it.each([
    ['a moment ago', 0, 0.5 * minuteMs],
    ['a minute ago', minuteMs, 0.5 * minuteMs],
    ['ten minutes ago', 10 * minuteMs, 5 * minuteMs],
    ['half an hour ago', 30 * minuteMs, 15 * minuteMs],
    ['a week ago', 10_080 * minuteMs, 15 * minuteMs],
    ['by a clock that is ahead of ours', -minuteMs, 0.5 * minuteMs],
  ])(
    'a paused run asks again after 0.5 to 15 minutes, later the longer the pause has lasted: paused %s',
    (_what, agoMs, longestMs) => {
      const run = gatedRun({ shared: pausedSince({ 'plan-upgraded': nowMs - agoMs }) });
      expect(pauseGate(() => 0).decide(run)).toMatchObject({ untilMs: nowMs + longestMs / 2 });
      expect(pauseGate(() => 1).decide(run)).toMatchObject({ untilMs: nowMs + longestMs });
    },
  );

  it('a run waits for the pause of all triggers when its own trigger is paused too', () => {
    const since = { '*': nowMs - 10 * minuteMs, 'plan-upgraded': nowMs - 10_080 * minuteMs };
    expect(pauseGate(() => 1).decide(gatedRun({ shared: pausedSince(since) }))).toMatchObject({
      reason: 'paused',
      untilMs: nowMs + 5 * minuteMs,
    });
  });
});
