import { type BudgetPeriod, budgetKey, periodEndMs } from '../../ledger/budgetPeriod.ts';
import type { BudgetLimit } from '../../ledger/budgets.ts';
import { allTriggers, type OperatorSettings } from '../../ledger/operatorSettings.ts';
import type { CreditReservation } from '../../ledger/runTransitions.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import type { Wait } from './gate.ts';

/** How long the record of a budget outlives its period. */
const keptForMs = 90 * 86_400_000;
/** How soon a run notices that its budget was raised, at the latest. */
const askAgainMs = 15 * 60_000;

/** The budget of all triggers together. */
export interface OverallBudget {
  readonly credits: number;
  readonly per: BudgetPeriod;
}

/** A budget that a run has to be paid from, and when it is renewed. */
export interface ApplyingBudget extends BudgetLimit {
  readonly endsAtMs: number;
  readonly isOverall: boolean;
}

/** The keys of all budgets that a trigger's runs may be paid from now, whoever has set them. */
export function possibleBudgetKeys(
  { name, budget }: Trigger,
  overall: OverallBudget | undefined,
  nowMs: number,
): readonly string[] {
  return [
    budgetKey(name, budget?.per ?? 'month', nowMs),
    budgetKey(allTriggers, overall?.per ?? 'month', nowMs),
  ];
}

/** The budgets that a trigger's runs are paid from now: its own, and that of all; what operators set goes first. */
export function applyingBudgets(
  { name, budget }: Trigger,
  overall: OverallBudget | undefined,
  { budgetCredits }: OperatorSettings,
  nowMs: number,
): readonly ApplyingBudget[] {
  const configured = [
    { owner: name, credits: budgetCredits.get(name) ?? budget?.credits, per: budget?.per },
    { owner: allTriggers, credits: budgetCredits.get(allTriggers) ?? overall?.credits, per: overall?.per },
  ];
  return configured.flatMap(({ owner, credits, per = 'month' }) => {
    if (credits === undefined) {
      return [];
    }
    const endsAtMs = periodEndMs(per, nowMs);
    const expiresAtSeconds = Math.ceil((endsAtMs + keptForMs) / 1000);
    const isOverall = owner === allTriggers;
    return [{ key: budgetKey(owner, per, nowMs), credits, expiresAtSeconds, endsAtMs, isOverall }];
  });
}

/** Whether what a run has reserved is what it needs to be paid now. */
export function isStillRight(
  creditReservation: CreditReservation,
  credits: number,
  budgets: readonly ApplyingBudget[],
): boolean {
  const keys = budgets.map(({ key }) => key).sort();
  return (
    creditReservation.credits === credits &&
    keys.length === creditReservation.budgets.length &&
    keys.every((key, index) => key === creditReservation.budgets[index])
  );
}

/** Until when a run waits for a budget: for the next period, looking in between whether the budget was raised. */
export function waitForBudget(budget: ApplyingBudget, nowMs: number, random: () => number): Wait {
  const again = nowMs + askAgainMs * (1 - random() / 3);
  return {
    kind: 'wait',
    untilMs: Math.min(again, budget.endsAtMs + random() * 60_000),
    reason: budget.isOverall ? 'overall_budget_spent' : 'budget_spent',
  };
}
