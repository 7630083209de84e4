import type { EndedCall } from '../ledger/runs.ts';
import type { SharedState } from '../ledger/sharedState.ts';
import type { ActionPerformer } from '../mavera/actions/actionPerformer.ts';
import type { Trigger } from '../triggers/trigger.ts';
import { type Gate, type GateDecision, type GatedRun, type Pass, pass } from './gates/gate.ts';
import type { LeasedRun } from './leasedRun.ts';
import type { TriggerKeys } from './prepareRequest.ts';
import type { RunnerDependencies } from './runDependencies.ts';
import type { Ended, GateName } from './runOutcome.ts';

/** What is known for a run. */
export interface KnownState {
  readonly trigger: Trigger;
  readonly shared: SharedState;
  /** Whether the run's own slot was used for another call. */
  readonly slotIsUsed?: boolean;
}

/** What is known of the call that a run is to make. */
export interface ExpectedCall {
  readonly keys: TriggerKeys;
  readonly estimatedCredits: number;
  readonly performer?: Pick<ActionPerformer, 'cap'> | undefined;
}

/** Asks the gates. If one stops the run, the run waits, is skipped or fails. */
export async function passGates(
  gates: readonly Gate[],
  run: LeasedRun,
  known: KnownState,
  { now }: RunnerDependencies,
  expected?: ExpectedCall,
): Promise<Pass | Ended> {
  const { gate, budgetUsedPercent, ...decision } = await askGates(
    gates,
    gatedRun(run, known, now(), expected),
  );
  run.report({ gate, budgetUsedPercent });
  switch (decision.kind) {
    case 'pass':
      return decision;
    case 'skip':
      return await run.skip(decision.reason, decision.detail);
    case 'fail':
      return await run.fail(decision);
    case 'wait':
      return await run.wait(decision, expected && recoveredCall(run));
  }
}

/**
 * A lost call whose work was searched for and not found is over. When the run comes back for its slot, it is not
 * searched for again, because the search would make the run miss the slot each time.
 */
function recoveredCall({ soFar: { attempts, lostCallAtMs } }: LeasedRun): EndedCall | undefined {
  return lostCallAtMs === undefined ? undefined : { attempts, answerLost: false };
}

/** A run as the gates see it. */
function gatedRun(
  run: LeasedRun,
  { trigger, shared, slotIsUsed = false }: KnownState,
  nowMs: number,
  expected?: ExpectedCall,
): GatedRun {
  const { message, lease, soFar, creditReservation } = run;
  // The slot of a run whose answer was lost is for the search. Its next call needs another slot.
  const needsSlot = slotIsUsed || soFar.lostCallAtMs !== undefined;
  return {
    message: needsSlot ? { ...message, slotAtMs: undefined } : message,
    lease,
    trigger,
    keys: expected?.keys ?? {},
    creditReservation,
    onReserved: run.setCreditReservation.bind(run),
    shared,
    estimatedCredits: expected?.estimatedCredits ?? 0,
    cap: expected?.performer?.cap,
    approval: soFar.approval,
    history: soFar.history,
    nowMs,
  };
}

/** What the gates decided, and which of them stopped the run. */
export type GatesDecision = GateDecision & { readonly gate?: GateName | undefined };

/** Asks the gates in order. The first gate that does not pass the run decides. */
export async function askGates(gates: readonly Gate[], run: GatedRun): Promise<GatesDecision> {
  let decision: GateDecision = pass;
  for (const gate of gates) {
    const next = await gate.decide(run);
    if (next.kind !== 'pass') {
      const { budgetUsedPercent } = { ...decision, ...next };
      return { ...next, gate: gate.name === 'access' ? undefined : gate.name, budgetUsedPercent };
    }
    decision = { ...decision, ...next };
  }
  return decision;
}
