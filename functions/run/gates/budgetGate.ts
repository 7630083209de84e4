import type { Budgets } from '../../ledger/budgets.ts';
import { HoldLostError } from '../holdLostError.ts';
import { applyingBudgets, isStillRight, type OverallBudget, waitForBudget } from './budgetTerms.ts';
import { type Gate, type GateDecision, type GatedRun, pass } from './gate.ts';

/** Reserves what a run is expected to cost before anything is spent, or has it wait or skips it. */
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
    const { trigger, situation, estimatedCredits, hold, nowMs } = run;
    const budgets =
      estimatedCredits === 0 ? [] : applyingBudgets(trigger, this.#overall, situation.operator, nowMs);
    if (run.reservation !== undefined) {
      if (isStillRight(run.reservation, estimatedCredits, budgets)) {
        return pass;
      }
      // Reserved in a period that is over, or before the trigger was changed.
      assertHeld(await this.#budgets.release(hold, run.reservation));
      run.onReserved(undefined);
    }
    if (budgets.length === 0) {
      return pass;
    }
    const outcome = await this.#budgets.reserve(hold, estimatedCredits, budgets);
    assertHeld(outcome.kind !== 'lost');
    if (outcome.kind === 'reserved') {
      run.onReserved(outcome.reservation);
      return pass;
    }
    const spent = budgets.find(({ key }) => outcome.kind === 'spent' && key === outcome.key);
    if (spent === undefined) {
      return pass;
    }
    const wait = waitForBudget(spent, nowMs, this.#random);
    if (trigger.budget?.whenSpent !== 'skip') {
      return wait;
    }
    const detail = `${estimatedCredits} credits are not left of the ${spent.credits} of ${spent.key}`;
    return { kind: 'skip', reason: wait.reason, detail };
  }
}

function assertHeld(held: boolean): void {
  if (!held) {
    throw new HoldLostError();
  }
}
