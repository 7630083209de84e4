import type { Gate, GateDecision, GatedRun, GateName } from './gate.ts';

/** What the gates decided, and which of them has stopped the run. */
export type AskedGates = GateDecision & {
  readonly gate?: GateName | undefined;
  readonly budgetUsedPercent?: number | undefined;
};

/** Asks the gates in order; the first that does not let the run pass decides. */
export async function askGates(gates: readonly Gate[], run: GatedRun): Promise<AskedGates> {
  let decision: GateDecision = { kind: 'pass' };
  for (const gate of gates) {
    const next = await gate.decide(run);
    if (next.kind !== 'pass') {
      const { budgetUsedPercent } = { ...decision, ...next };
      return { ...next, gate: gate.name, budgetUsedPercent };
    }
    decision = { ...decision, ...next };
  }
  return decision;
}
