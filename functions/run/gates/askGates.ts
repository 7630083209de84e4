import type { Gate, GateDecision, GatedRun } from './gate.ts';

/** Asks the gates in order; the first that does not let the run pass decides. */
export async function askGates(gates: readonly Gate[], run: GatedRun): Promise<GateDecision> {
  let decision: GateDecision = { kind: 'pass' };
  for (const gate of gates) {
    const next = await gate.decide(run);
    if (next.kind !== 'pass') {
      return next;
    }
    decision = { ...decision, ...next };
  }
  return decision;
}
