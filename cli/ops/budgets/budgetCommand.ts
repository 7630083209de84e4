import { Command } from 'commander';
import { listBudgetsCommand } from './listBudgets.ts';
import { setBudgetCommand } from './setBudget.ts';

/** `budget` */
export function budgetCommand(): Command {
  return new Command('budget')
    .description('Lists and sets budgets of credits.')
    .showHelpAfterError('(add --help to see how it is used)')
    .addCommand(listBudgetsCommand())
    .addCommand(setBudgetCommand());
}
