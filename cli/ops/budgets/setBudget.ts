import { type Command, InvalidArgumentError } from 'commander';
import { allTriggers, OperatorDesk } from '../../../functions/ledger/operatorSettings.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { formatCredits } from '../format/credits.ts';
import { isRecentTrigger, unknownTriggerWarning } from '../ledger/triggerNames.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';

/** What a budget is set to: so many credits, or what the triggers file or the stack's settings say. */
export type BudgetSetting = number | 'default';

/** `budget set` */
export function setBudgetCommand(): Command {
  return opsCommand('set', {
    description: 'Sets the budget of all triggers together, or of one, in place of the configured one.',
    jsonShape: 'one JSON document',
    examples: ['budget set 500 --trigger churn-signal', 'budget set default'],
    notes:
      'It is of the day or month (UTC) that is configured, of the month where no budget is. 0 stops all spending.\n' +
      'Runs that wait for a budget notice within a quarter of an hour that it was raised.',
  })
    .argument('<credits>', 'credits of each period, or `default` for the configured ones', parseBudget)
    .option('--trigger <name>', 'of this trigger alone', parseTriggerName)
    .action(async (setting: BudgetSetting, options: DeploymentOptions & { readonly trigger?: string }) => {
      await operate(options, (deployment, output) =>
        setBudget(deployment, options.trigger ?? allTriggers, setting, Date.now(), output),
      );
    });
}

/** Sets a budget. @returns true: there is nothing that could not be done */
export async function setBudget(
  deployment: Deployment,
  trigger: string,
  setting: BudgetSetting,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const desk = new OperatorDesk(deployment.dynamodb, deployment.tableName);
  const before = (await desk.read()).budgetCredits.get(trigger);
  await desk.setBudget(trigger, setting === 'default' ? undefined : setting);
  if (output.isJson) {
    output.document({ trigger, credits: setting, creditsBefore: before ?? 'default' });
  } else {
    const whose =
      trigger === allTriggers ? 'The budget of all triggers together' : `The budget of ${trigger}`;
    output.text(`${whose} is ${inWords(setting)} now; it was ${inWords(before ?? 'default')}.`);
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
