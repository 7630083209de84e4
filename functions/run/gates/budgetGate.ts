import type { Budgets, CreditReservation } from '../../ledger/budgets.ts';
import { assertLeased } from '../../ledger/runLease.ts';
import type { SharedState } from '../../ledger/sharedState.ts';
import { allTriggers, type OperatorSettings } from '../../ledger/sharedState.ts';
import type { Trigger } from '../../triggers/trigger.ts';
import {
  type ApplyingBudget,
  type Gate,
  type GateDecision,
  type GatedRun,
  type GateWait,
  pass,
  type Skip,
} from './gate.ts';

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

/** The longest time until a waiting run notices that its budget was raised. */
const askAgainMs = 15 * 60_000;

/** Whether a run's credit reservation is still the one that the run needs. */
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

/** A wait for a budget's next period. In between, the run checks whether the budget was raised. */
export function waitForBudget(budget: ApplyingBudget, nowMs: number, random: () => number): GateWait {
  const again = nowMs + askAgainMs * (1 - random() / 3);
  return {
    kind: 'wait',
    untilMs: Math.min(again, budget.endsAtMs + random() * 60_000),
    reason: reasonOfSpent(budget),
  };
}

/** If its budgets have room for so many runs, a run takes its slot first, and reserves with the announcement of its call. */
const runsAtOnce = 25;

/**
 * Sees to the credits that a run is expected to cost. If its budget is spent, the run waits or is skipped.
 *
 * Far from their limits, credits are reserved with the announcement of the call, in one transaction. Near a limit the gate
 * reserves them itself, so that no run takes a slot in vain.
 *
 * It also reports how full the budgets are, from the credits committed when the shared state was read. A transaction does
 * not return what it writes, and one more read would be one more call for each run.
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
      // It was reserved in an earlier period, or before the trigger was changed.
      assertLeased(await this.#budgets.settle(lease, run.creditReservation, 0));
      run.onReserved(undefined);
    }
    if (budgets.length === 0) {
      return pass;
    }
    if (haveRoom(budgets, shared, runsAtOnce * estimatedCredits)) {
      const reserves = { credits: estimatedCredits, budgets };
      return { kind: 'pass', reserves, budgetUsedPercent: usedPercent(budgets, shared, estimatedCredits) };
    }
    const outcome = await this.#budgets.reserve(lease, estimatedCredits, budgets);
    assertLeased(outcome.kind !== 'lost');
    if (outcome.kind === 'reserved') {
      run.onReserved(outcome.creditReservation);
      return { kind: 'pass', budgetUsedPercent: usedPercent(budgets, shared, estimatedCredits) };
    }
    const spent = budgets.find(({ key }) => outcome.kind === 'spent' && key === outcome.key);
    return spent === undefined ? pass : { ...refusalBy(spent, run, this.#random), budgetUsedPercent: 100 };
  }
}

/** What happens to a run when a budget has too few credits left for it. */
export function refusalBy(
  spent: ApplyingBudget,
  { trigger, estimatedCredits, nowMs }: Pick<GatedRun, 'trigger' | 'estimatedCredits' | 'nowMs'>,
  random: () => number,
): GateWait | Skip {
  const wait = waitForBudget(spent, nowMs, random);
  if (trigger.budget?.whenSpent !== 'skip') {
    return wait;
  }
  const detail = `The run needs ${estimatedCredits} credits; fewer are left of the ${spent.credits} of ${spent.key}`;
  return { kind: 'skip', reason: wait.reason, detail };
}

function haveRoom(
  budgets: readonly ApplyingBudget[],
  { committedCredits }: SharedState,
  credits: number,
): boolean {
  return budgets.every((budget) => (committedCredits.get(budget.key) ?? 0) + credits <= budget.credits);
}

/** How full the fullest budget is, in percent. Under load the true value may be a little higher. */
export function usedPercent(
  budgets: readonly ApplyingBudget[],
  { committedCredits }: SharedState,
  reservedCredits: number,
): number | undefined {
  const shares = budgets.map(({ key, credits }) =>
    credits === 0 ? 100 : (100 * ((committedCredits.get(key) ?? 0) + reservedCredits)) / credits,
  );
  return shares.length === 0 ? undefined : Math.min(100, Math.max(...shares));
}
