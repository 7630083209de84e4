import { allTriggers } from '../../../functions/ledger/sharedState.ts';
import { formatTable } from '../../formatTable.ts';
import { formatCredits } from '../format/credits.ts';
import type { BudgetUse } from './readBudgets.ts';

const columns = [
  { heading: 'budget of' },
  { heading: 'period (UTC)' },
  { heading: 'spent', align: 'right' },
  { heading: 'spent and reserved', align: 'right' },
  { heading: 'limit' },
] as const;

/** Budgets as a table. Configured limits are not known here: they are in the triggers file and the stack's settings. */
export function formatBudgets(budgets: readonly BudgetUse[]): string {
  return formatTable(
    columns,
    budgets.map(({ trigger, period = '-', spentCredits, committedCredits, operatorCredits }) => [
      trigger === allTriggers ? 'all triggers' : trigger,
      period,
      formatCredits(spentCredits),
      formatCredits(committedCredits),
      operatorCredits === undefined ? 'as configured' : `${formatCredits(operatorCredits)} (operator)`,
    ]),
  );
}
