import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { allTriggers, type OperatorSettings } from '../../../functions/ledger/sharedState.ts';
import { type BudgetPeriod, budgetKey, periodName } from '../../../functions/run/gates/budgetGate.ts';
import type { Ledger } from '../deployment/deployment.ts';

const periods: readonly BudgetPeriod[] = ['day', 'month'];

/** What was spent of a budget in the current period, and what operators have set. */
export interface BudgetUse {
  /** Its name, or `*` for all triggers together. */
  readonly trigger: string;
  /** e.g. `2026-11-21` or `2026-11`; absent if nothing was spent in the current period. */
  readonly period?: string;
  readonly spentCredits?: number;
  /** Spent and reserved. */
  readonly committedCredits?: number;
  /** Credits that an operator has set instead of the configured ones. */
  readonly operatorCredits?: number;
}

/** Reads the budgets of triggers in the current day and month. */
export async function readBudgets(
  ledger: Ledger,
  triggers: Iterable<string>,
  { budgetCredits }: OperatorSettings,
  nowMs: number,
): Promise<readonly BudgetUse[]> {
  const names = [...new Set([allTriggers, ...triggers, ...budgetCredits.keys()])].sort();
  const keys = names.flatMap((name) => periods.map((period) => budgetKey(name, period, nowMs)));
  const items = await new LedgerTable(ledger.dynamodb, ledger.tableName).read(keys);
  return names.flatMap((trigger) => {
    const set = budgetCredits.get(trigger);
    const operator = set === undefined ? {} : { operatorCredits: set };
    const used = periods.flatMap((period): readonly BudgetUse[] => {
      const item = items.get(budgetKey(trigger, period, nowMs));
      return item === undefined
        ? []
        : [
            {
              trigger,
              period: periodName(period, nowMs),
              spentCredits: Number(item.spentCredits?.N ?? 0),
              committedCredits: Number(item.committedCredits?.N ?? 0),
              ...operator,
            },
          ];
    });
    return used.length === 0 && set !== undefined ? [{ trigger, ...operator }] : used;
  });
}
