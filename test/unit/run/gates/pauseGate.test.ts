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
  it('lets all runs pass while nothing is paused', () => {
    expect(gate.decide(gatedRun())).toEqual({ kind: 'pass' });
  });

  it('has the runs of a paused trigger wait, and says so', () => {
    expect(gate.decide(gatedRun({ shared: paused('plan-upgraded') }))).toMatchObject({
      kind: 'wait',
      reason: 'trigger_paused',
    });
  });

  it('lets the runs of other triggers pass', () => {
    const { decide } = gate;
    expect(decide(gatedRun({ shared: paused('churn-signal', 'plan', 'plan-upgraded-2') }))).toEqual({
      kind: 'pass',
    });
  });

  it('has all runs wait when all triggers are paused, whether theirs is or not', () => {
    for (const triggers of [['*'], ['*', 'plan-upgraded']]) {
      expect(gate.decide(gatedRun({ shared: paused(...triggers) }))).toMatchObject({
        kind: 'wait',
        reason: 'paused',
      });
    }
  });

  it('holds a redrive as well: nothing is to be called', () => {
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
    'has them ask again the later the longer it has lasted, at a random time from half of that on: %s',
    (_what, agoMs, longestMs) => {
      const run = gatedRun({ shared: pausedSince({ 'plan-upgraded': nowMs - agoMs }) });
      expect(pauseGate(() => 0).decide(run)).toMatchObject({ untilMs: nowMs + longestMs / 2 });
      expect(pauseGate(() => 1).decide(run)).toMatchObject({ untilMs: nowMs + longestMs });
    },
  );

  it('goes by the pause of all triggers, when both are paused', () => {
    const since = { '*': nowMs - 10 * minuteMs, 'plan-upgraded': nowMs - 10_080 * minuteMs };
    expect(pauseGate(() => 1).decide(gatedRun({ shared: pausedSince(since) }))).toMatchObject({
      reason: 'paused',
      untilMs: nowMs + 5 * minuteMs,
    });
  });
});
