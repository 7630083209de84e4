import { type Command, InvalidArgumentError } from 'commander';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { allTriggers } from '../../../functions/ledger/sharedState.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { formatCredits } from '../format/credits.ts';
import { isRecentTrigger, unknownTriggerWarning } from '../ledger/triggerNames.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';

/** A number of credits, or the configured budget. */
export type BudgetSetting = number | 'default';

/** `budget set` */
export function setBudgetCommand(): Command {
  return opsCommand('set', {
    description:
      'Sets the budget of all triggers together, or of one trigger, instead of the configured one.',
    jsonShape: 'one JSON document',
    examples: ['budget set 500 --trigger churn-signal', 'budget set default'],
    notes:
      'It applies to the configured day or month (UTC), or to the month if no budget is configured. 0 stops all spending.\n' +
      'It acts within a minute, also on runs that wait.',
  })
    .argument('<credits>', 'credits for each period, or `default` for the configured budget', parseBudget)
    .option('--trigger <name>', 'only for this trigger', parseTriggerName)
    .action(async (setting: BudgetSetting, options: DeploymentOptions & { readonly trigger?: string }) => {
      await operate(options, (deployment, output) =>
        setBudget(deployment, options.trigger ?? allTriggers, setting, Date.now(), output),
      );
    });
}

/** Sets a budget. @returns true */
export async function setBudget(
  deployment: Deployment,
  trigger: string,
  setting: BudgetSetting,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const desk = new OperatorDesk(new LedgerTable(deployment.dynamodb, deployment.tableName));
  const before = (await desk.read()).budgetCredits.get(trigger);
  await desk.setBudget(trigger, setting === 'default' ? undefined : setting);
  if (output.isJson) {
    output.document({ trigger, credits: setting, creditsBefore: before ?? 'default' });
  } else {
    const whose =
      trigger === allTriggers ? 'The budget of all triggers together' : `The budget of ${trigger}`;
    output.text(
      `${whose} is now ${inWords(setting)}; it was ${inWords(before ?? 'default')}. This acts within a minute.`,
    );
  }
  if (trigger !== allTriggers && !(await isRecentTrigger(deployment, trigger, nowMs))) {
    output.note(unknownTriggerWarning(trigger, deployment.flags));
  }
  return true;
}

function inWords(setting: BudgetSetting): string {
  return setting === 'default' ? 'as configured' : `${formatCredits(setting)} credits`;
}

function parseBudget(text: string): BudgetSetting {
  if (text !== 'default' && !/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError('Expected a whole number of credits from 0 to 999999999, or `default`.');
  }
  return text === 'default' ? text : Number(text);
}
