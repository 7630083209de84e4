import type { BudgetLimit } from '../../ledger/budgets.ts';
import { allTriggers, type OperatorSettings } from '../../ledger/sharedState.ts';
import type { Trigger } from '../../triggers/trigger.ts';

/** How long a budget's item is kept after its period. */
const keptForMs = 90 * 86_400_000;

/** How long a budget lasts; days and months begin at midnight UTC. */
export type BudgetPeriod = 'day' | 'month';

/** The name of the period that a moment is in, e.g. `2026-11-21` or `2026-11`. */
export function periodName(period: BudgetPeriod, nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, period === 'day' ? 10 : 7);
}

/** When the period that a moment is in is over, in epoch milliseconds. */
export function periodEndMs(period: BudgetPeriod, nowMs: number): number {
  const now = new Date(nowMs);
  return period === 'day'
    ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
    : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
}

/** Key of the budget of a trigger, or of `*`, in the period that a moment is in. */
export function budgetKey(trigger: string, period: BudgetPeriod, nowMs: number): string {
  return `budget#${trigger}#${periodName(period, nowMs)}`;
}

/** The budget of all triggers together. */
export interface OverallBudget {
  readonly credits: number;
  readonly per: BudgetPeriod;
}

/** A budget that pays for a run, and when its period ends. */
export interface ApplyingBudget extends BudgetLimit {
  readonly endsAtMs: number;
  readonly isOverall: boolean;
}

/** The keys of all budgets that may pay for a trigger's runs now, whether set in files or by operators. */
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

/** The budgets that pay for a trigger's runs now: its own and the overall one. Operators' settings override both. */
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

/** Why a run waits or is skipped when this budget has too few credits left for it. */
export function reasonOfSpent({ isOverall }: ApplyingBudget): 'overall_budget_spent' | 'budget_spent' {
  return isOverall ? 'overall_budget_spent' : 'budget_spent';
}
