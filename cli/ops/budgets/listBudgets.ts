import type { Command } from 'commander';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { recentTriggers } from '../ledger/triggerNames.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import type { Output } from '../output.ts';
import { formatBudgets } from './formatBudgets.ts';
import { readBudgets } from './readBudgets.ts';

/** `budget list` */
export function listBudgetsCommand(): Command {
  return opsCommand('list', {
    description: 'Lists what was spent of the budgets in this day and month, and what operators have set.',
    jsonShape: 'one JSON object a line for each budget,',
    examples: ['budget list'],
  }).action(async (options: DeploymentOptions) => {
    await operate(options, (deployment, output) => listBudgets(deployment, Date.now(), output));
  });
}

/** Lists budgets. @returns true */
export async function listBudgets(deployment: Deployment, nowMs: number, output: Output): Promise<boolean> {
  const operator = await new OperatorDesk(new LedgerTable(deployment.dynamodb, deployment.tableName)).read();
  const budgets = await readBudgets(deployment, await recentTriggers(deployment, nowMs), operator, nowMs);
  if (output.isJson) {
    output.lines(budgets);
  } else {
    output.text(budgets.length === 0 ? 'No budget was used in this day or month.' : formatBudgets(budgets));
  }
  return true;
}
