import type { Command } from 'commander';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { allTriggers } from '../../../functions/ledger/sharedState.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { localTime } from '../format/localTime.ts';
import { isRecentTrigger, unknownTriggerWarning } from '../ledger/triggerNames.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';

/** `pause` */
export function pauseCommand(): Command {
  return opsCommand('pause', {
    description:
      'Pauses the runs of one trigger, or of all triggers. Events are still queued, and nothing is lost.',
    jsonShape: 'one JSON document',
    examples: ['pause', 'pause churn-signal'],
    notes:
      'It acts within a minute. Calls that are under way are not interrupted. Runs that wait beyond their deadline fail.',
  })
    .argument('[trigger]', 'a trigger (default: all)', parseTriggerName)
    .action(async (trigger: string | undefined, options: DeploymentOptions) => {
      await operate(options, (deployment, output) =>
        pause(deployment, trigger ?? allTriggers, Date.now(), output),
      );
    });
}

/** Pauses a trigger, or `*` for all. @returns true */
export async function pause(
  deployment: Deployment,
  trigger: string,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const desk = new OperatorDesk(new LedgerTable(deployment.dynamodb, deployment.tableName));
  const before = (await desk.read()).pausedSinceMs.get(trigger);
  if (before === undefined) {
    await desk.pause(trigger, nowMs);
  }
  const sinceMs = before ?? nowMs;
  if (output.isJson) {
    output.document({ trigger, pausedSinceMs: sinceMs, wasPausedBefore: before !== undefined });
  } else {
    const back = `npm run ops -- resume${trigger === allTriggers ? '' : ` ${trigger}`}${deployment.flags}`;
    output.text(
      before === undefined
        ? `${nameOf(trigger)} paused. This acts within a minute. To go on: ${back}`
        : `${nameOf(trigger)} already paused, since ${localTime(sinceMs)}.`,
    );
  }
  if (trigger !== allTriggers && !(await isRecentTrigger(deployment, trigger, nowMs))) {
    output.note(unknownTriggerWarning(trigger, deployment.flags));
  }
  return true;
}

function nameOf(trigger: string): string {
  return trigger === allTriggers ? 'All triggers are' : `Trigger ${trigger} is`;
}
