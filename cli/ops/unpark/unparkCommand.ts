import type { Command } from 'commander';
import { DispatcherState } from '../../../functions/ledger/dispatcherState.ts';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { onInterrupt } from '../../../local/onInterrupt.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTimeSpan } from '../options/timeSpan.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { unpark } from './unpark.ts';

const hourMs = 3_600_000;

/** Which runs to put back, and for how long nothing is parked. */
export interface UnparkCommandOptions {
  readonly all?: true;
  readonly trigger?: string;
  /** Also runs that wait for approval. */
  readonly unapproved?: true;
  /** Milliseconds. @default an hour */
  readonly for?: number;
  readonly resume?: true;
  readonly yes?: true;
}

/** `unpark` */
export function unparkCommand(): Command {
  return opsCommand('unpark', {
    description:
      'Puts parked runs back into the run queue, before a rollback or before the stack is deleted.',
    jsonShape: 'one JSON document',
    examples: [
      'unpark --all',
      'unpark --all --yes',
      'unpark --trigger churn-signal --yes',
      'unpark --resume',
    ],
    notes:
      'First it turns parking off: no run is parked or dispatched for an hour (--for) after the command. New runs wait in\n' +
      'the run queue meanwhile. It can be interrupted, and goes on when it is run again.\n' +
      'Runs that wait for approval stay parked: a release that does not know approvals would make them without asking.',
  })
    .option('--all', 'the runs of all triggers')
    .option('--trigger <name>', 'only runs of this trigger', parseTriggerName)
    .option('--unapproved', 'also runs that wait for approval')
    .option('--for <time>', 'how long nothing is parked afterwards: 90m, 4h, 2d (default: 1h)', parseTimeSpan)
    .option('--resume', 'put nothing back, but turn parking on again')
    .option('--yes', 'put them back')
    .action(async (options: DeploymentOptions & UnparkCommandOptions) => {
      const interrupted = onInterrupt();
      await operate(options, (deployment, output) =>
        unparkOrResume(deployment, options, interrupted, output),
      );
    });
}

/**
 * Puts parked runs back, shows how many there are, or turns parking on again.
 *
 * @returns whether all that was asked for is done
 * @throws OperatorError if it is not clear what to do
 */
export async function unparkOrResume(
  deployment: Deployment,
  { all, trigger, unapproved, for: forMs = hourMs, resume, yes }: UnparkCommandOptions,
  signal: AbortSignal,
  output: Output,
): Promise<boolean> {
  if ([all, trigger, resume].filter((option) => option !== undefined).length !== 1) {
    throw new OperatorError('Say what to do: --all, --trigger <name>, or --resume; one of them.');
  }
  if (resume === true) {
    await new DispatcherState(new LedgerTable(deployment.dynamodb, deployment.tableName)).setParkingOff(0);
    if (output.isJson) {
      output.document({ parkingOffUntilMs: 0 });
    } else {
      output.text('Parking is on again.');
    }
    return true;
  }
  const options = { trigger, unapproved: unapproved === true, forMs, signal };
  return await unpark(deployment, { ...options, isSure: yes === true }, output);
}
