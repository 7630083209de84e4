import { describe, expect, it } from 'vitest';
import type { Gate, GateDecision, GatedRun } from '../../../../functions/run/gates/gate.ts';
import { askGates } from '../../../../functions/run/passGates.ts';
import type { GateName } from '../../../../functions/run/runOutcome.ts';
import { gatedRun } from './gatedRuns.ts';

const run = gatedRun();

const names: readonly GateName[] = ['stale', 'cooldown', 'pace'];

/** Gates with these decisions, and the run that each of them was asked about. */
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
  it('a run passes when there are no gates', async () => {
    expect(await askGates([], run)).toEqual({ kind: 'pass' });
  });

  it('a run passes when all gates let it pass, and each gate is asked about it', async () => {
    const { gates, asked } = gatesDeciding({ kind: 'pass' }, { kind: 'pass' });
    expect(await askGates(gates, run)).toEqual({ kind: 'pass' });
    expect(asked).toEqual([run, run]);
  });

  it('a run keeps the start that a gate has set, even if later gates set none', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass', startAtMs: 700, lateByMs: 1_000 },
      { kind: 'pass', startAtMs: 800 },
      { kind: 'pass' },
    );
    expect(await askGates(gates, run)).toEqual({ kind: 'pass', startAtMs: 800, lateByMs: 1_000 });
  });

  it('a run stays the probe, even if later gates do not say so', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass' },
      { kind: 'pass', probes: true },
      { kind: 'pass', startAtMs: 700 },
    );
    expect(await askGates(gates, run)).toEqual({ kind: 'pass', probes: true, startAtMs: 700 });
  });

  it('a run that a gate stops keeps nothing that earlier gates have said', async () => {
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

  it('a run that a gate stops still tells how full its budgets are', async () => {
    const { gates } = gatesDeciding(
      { kind: 'pass', budgetUsedPercent: 40 },
      { kind: 'wait', untilMs: 900, reason: 'concurrency' },
    );
    expect(await askGates(gates, run)).toMatchObject({ kind: 'wait', budgetUsedPercent: 40 });
  });

  it('a gate may decide synchronously', async () => {
    const gate: Gate = { name: 'sample', decide: () => ({ kind: 'skip', reason: 'sampled_out' }) };
    expect(await askGates([gate], run)).toEqual({ kind: 'skip', reason: 'sampled_out', gate: 'sample' });
  });

  it.each([
    { kind: 'wait', untilMs: 900, reason: 'breaker_open', slotAtMs: 900 },
    { kind: 'skip', reason: 'cooldown', detail: 'Run 1 has the key for itself' },
  ] as const)(
    'the first gate that does not let a run pass decides, and is named: $kind',
    async (decision) => {
      const { gates, asked } = gatesDeciding({ kind: 'pass', startAtMs: 700 }, decision, { kind: 'pass' });
      expect(await askGates(gates, run)).toEqual({ ...decision, gate: 'cooldown' });
      expect(asked).toEqual([run, run, undefined]);
    },
  );

  it('each gate answers before the next one is asked, since that may reserve something', async () => {
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
