import type { Command } from 'commander';
import type { Verdict } from '../../../functions/ledger/decision.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { collectRunIdPrefixes } from '../options/runIdPrefix.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import { type DecideRunsOptions, decideRuns } from './decideRuns.ts';

const commands = {
  approve: {
    verdict: 'approved',
    description: 'Approves runs that wait for approval.',
    which: 'all runs of this trigger that are parked for approval',
    notes:
      'Approved runs wait for their slots and budgets like all others. After a redrive a run asks again.',
  },
  deny: {
    verdict: 'denied',
    description: 'Denies runs that wait for approval.',
    which: 'all runs of this trigger that are parked for approval',
    notes: 'Denied runs are skipped and cost nothing. `runs redrive` asks for approval again.',
  },
  cancel: {
    verdict: 'cancelled',
    description: 'Cancels runs that have not begun.',
    which: 'all runs of this trigger that are parked or wait',
    notes:
      'Cancelled runs are skipped and cost nothing, also while their trigger is paused. `runs redrive` makes them again.\n' +
      'To empty a trigger for good, pause it first: otherwise new events start new runs.',
  },
} as const satisfies Readonly<
  Record<string, { verdict: Verdict; description: string; which: string; notes: string }>
>;

/** `runs approve`, `runs deny` or `runs cancel` */
export function decideCommand(name: keyof typeof commands): Command {
  const { verdict, description, which, notes } = commands[name];
  return opsCommand(name, {
    description,
    jsonShape: 'one JSON object a line for each run,',
    examples: [`runs ${name} a1b2c3d4`, `runs ${name} --trigger churn-signal --yes`],
    notes: `${notes}\nThe history of each run says who has decided: the ARN of the caller, or locally the user's name.`,
  })
    .argument('[run...]', 'run ids, or the first 6 or more characters of them', collectRunIdPrefixes)
    .option('--trigger <name>', which, parseTriggerName)
    .option('--yes', 'with --trigger: decide about all of them')
    .action(async (prefixes: readonly string[], options: DeploymentOptions & DecideRunsOptions) => {
      await operate(options, (deployment, output) =>
        decideRuns(deployment, verdict, prefixes, options, Date.now(), output),
      );
    });
}
