import type { Budgets } from '../../ledger/budgets.ts';
import type { SharedState } from '../../ledger/sharedState.ts';
import { LeaseLostError } from '../leaseLostError.ts';
import {
  type ApplyingBudget,
  applyingBudgets,
  isStillRight,
  type OverallBudget,
  waitForBudget,
} from './budgetRules.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/**
 * Reserves what a run is expected to cost before anything is spent, or has it wait or skips it.
 *
 * It also tells how full the budgets are. A transaction returns nothing of what it writes, and to ask afterwards would be
 * one more call for each run: the budgets are read together with the rest of the situation instead, two items more in a
 * call that is made anyway, and what this run reserves is added.
 */
export class BudgetGate implements Gate {
  readonly name = 'budget';
  readonly #budgets: Budgets;
  readonly #overall: OverallBudget | undefined;
  readonly #random: () => number;

  /** @param overall the budget of all triggers together, if there is one */
  constructor(budgets: Budgets, overall: OverallBudget | undefined, random: () => number) {
    this.#budgets = budgets;
    this.#overall = overall;
    this.#random = random;
  }

  async decide(run: GatedRun): Promise<GateDecision> {
    const { trigger, shared, estimatedCredits, lease, nowMs } = run;
    const budgets =
      estimatedCredits === 0 ? [] : applyingBudgets(trigger, this.#overall, shared.operator, nowMs);
    if (run.creditReservation !== undefined) {
      if (isStillRight(run.creditReservation, estimatedCredits, budgets)) {
        return { kind: 'pass', budgetUsedPercent: usedPercent(budgets, shared, 0) };
      }
      // Reserved in a period that is over, or before the trigger was changed.
      assertHeld(await this.#budgets.release(lease, run.creditReservation));
      run.onReserved(undefined);
    }
    if (budgets.length === 0) {
      return pass;
    }
    const outcome = await this.#budgets.reserve(lease, estimatedCredits, budgets);
    assertHeld(outcome.kind !== 'lost');
    if (outcome.kind === 'reserved') {
      run.onReserved(outcome.creditReservation);
      return { kind: 'pass', budgetUsedPercent: usedPercent(budgets, shared, estimatedCredits) };
    }
    const spent = budgets.find(({ key }) => outcome.kind === 'spent' && key === outcome.key);
    if (spent === undefined) {
      return pass;
    }
    const wait = waitForBudget(spent, nowMs, this.#random);
    const budgetUsedPercent = 100;
    if (trigger.budget?.whenSpent !== 'skip') {
      return { ...wait, budgetUsedPercent };
    }
    const detail = `${estimatedCredits} credits are not left of the ${spent.credits} of ${spent.key}`;
    return { kind: 'skip', reason: wait.reason, detail, budgetUsedPercent };
  }
}

/** By what was committed when the situation was read: a little less than now, under load. */
function usedPercent(
  budgets: readonly ApplyingBudget[],
  { committedCredits }: SharedState,
  reservedCredits: number,
): number | undefined {
  const shares = budgets.map(({ key, credits }) =>
    credits === 0 ? 100 : (100 * ((committedCredits.get(key) ?? 0) + reservedCredits)) / credits,
  );
  return shares.length === 0 ? undefined : Math.min(100, Math.max(...shares));
}

function assertHeld(held: boolean): void {
  if (!held) {
    throw new LeaseLostError();
  }
}
