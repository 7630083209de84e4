import { describe, expect, it } from 'vitest';
import type { Gate, GateDecision, GatedRun } from '../../../../functions/run/gates/gate.ts';
import { askGates } from '../../../../functions/run/passGates.ts';
import type { GateName } from '../../../../functions/run/runOutcome.ts';
import { gatedRun } from './gatedRuns.ts';

const run = gatedRun();

const names: readonly GateName[] = ['stale', 'cooldown', 'pace'];

/** Gates of these names that decide so, and the runs that each of them was asked about. */
function gatesDeciding(...decisions: readonly GateDecision[]): {
  readonly gates: readonly Gate[];
  readonly asked: (GatedRun | undefined)[];
} {
  const asked: (GatedRun | undefined)[] = decisions.map(() => undefined);
  const gates = decisions.map(
    (decision, index): Gate => ({
      name: names[index] ?? 'pace',
      decide: async (about) => {
        asked[index] = about;
        return decision;
      },
    }),
  );
  return { gates, asked };
}

describe('a run before its gates', () => {
  it('passes where there are none', async () => {
    expect(await askGates([], run)).toEqual({ kind: 'pass' });
  });

  it('passes when all let it, each of them asked about it', async () => {
    const { gates, asked } = gatesDeciding({ kind: 'pass' }, { kind: 'pass' });
    expect(await askGates(gates, run)).toEqual({ kind: 'pass' });
    expect(asked).toEqual([run, run]);
  });

  it('keeps the start that a gate has set, though later gates set none', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass', startAtMs: 700, lateByMs: 1_000 },
      { kind: 'pass', startAtMs: 800 },
      { kind: 'pass' },
    );
    expect(await askGates(gates, run)).toEqual({ kind: 'pass', startAtMs: 800, lateByMs: 1_000 });
  });

  it('keeps that the run has to be the one that probes', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass' },
      { kind: 'pass', probes: true },
      { kind: 'pass', startAtMs: 700 },
    );
    expect(await askGates(gates, run)).toEqual({ kind: 'pass', probes: true, startAtMs: 700 });
  });

  it('takes nothing along of what earlier gates have said when a later one stops it', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass', startAtMs: 700 },
      { kind: 'wait', untilMs: 900, reason: 'credits_low' },
    );
    expect(await askGates(gates, run)).toEqual({
      kind: 'wait',
      untilMs: 900,
      reason: 'credits_low',
      gate: 'cooldown',
    });
  });

  it('still tells how full its budgets are when a later gate stops it', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass', budgetUsedPercent: 40 },
      { kind: 'wait', untilMs: 900, reason: 'concurrency' },
    );
    expect(await askGates(gates, run)).toMatchObject({ kind: 'wait', budgetUsedPercent: 40 });
  });

  it('may be decided on without waiting for anything', async () => {
    const gate: Gate = { name: 'sample', decide: () => ({ kind: 'skip', reason: 'sampled_out' }) };
    expect(await askGates([gate], run)).toEqual({ kind: 'skip', reason: 'sampled_out', gate: 'sample' });
  });

  it.each([
    { kind: 'wait', untilMs: 900, reason: 'breaker_open', slotAtMs: 900 },
    { kind: 'skip', reason: 'cooldown', detail: 'Run 1 has the key for itself' },
  ] as const)(
    'is decided on by the first that does not let it pass, which is named: $kind',
    async (decision) => {
      const { gates, asked } = gatesDeciding({ kind: 'pass', startAtMs: 700 }, decision, { kind: 'pass' });
      expect(await askGates(gates, run)).toEqual({ ...decision, gate: 'cooldown' });
      expect(asked).toEqual([run, run, undefined]);
    },
  );

  it('waits for each answer before the next gate is asked, which may reserve something', async () => {
    const order: string[] = [];
    const gate = (name: GateName): Gate => ({
      name,
      decide: async () => {
        order.push(`${name} asked`);
        await Promise.resolve();
        order.push(`${name} answered`);
        return { kind: 'pass' };
      },
    });
    await askGates([gate('budget'), gate('pace')], run);
    expect(order).toEqual(['budget asked', 'budget answered', 'pace asked', 'pace answered']);
  });
});
