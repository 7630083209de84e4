import type { Command } from 'commander';
import { LedgerTable } from '../../../functions/ledger/ledgerTable.ts';
import { OperatorDesk } from '../../../functions/ledger/operatorDesk.ts';
import { allTriggers } from '../../../functions/ledger/sharedState.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { duration } from '../format/duration.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';

/** `resume` */
export function resumeCommand(): Command {
  return opsCommand('resume', {
    description: 'Resumes the runs of one trigger, or of all triggers, after `pause`.',
    jsonShape: 'one JSON document',
    examples: ['resume', 'resume churn-signal'],
    notes:
      'Runs that wait go on within a minute, not all at once. Without a trigger, triggers that were paused by name\n' +
      'stay paused.',
  })
    .argument('[trigger]', 'a trigger (default: all)', parseTriggerName)
    .action(async (trigger: string | undefined, options: DeploymentOptions) => {
      await operate(options, (deployment, output) =>
        resume(deployment, trigger ?? allTriggers, Date.now(), output),
      );
    });
}

/** Resumes a trigger, or `*` for all. @returns true */
export async function resume(
  deployment: Deployment,
  trigger: string,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const desk = new OperatorDesk(new LedgerTable(deployment.dynamodb, deployment.tableName));
  const { pausedSinceMs } = await desk.read();
  const sinceMs = pausedSinceMs.get(trigger);
  if (sinceMs !== undefined) {
    await desk.resume(trigger);
  }
  const stillPaused = [...pausedSinceMs.keys()].filter((name) => name !== trigger).sort();
  if (output.isJson) {
    output.document({ trigger, wasPausedSinceMs: sinceMs, stillPaused });
    return true;
  }
  const name = trigger === allTriggers ? 'All triggers were' : `Trigger ${trigger} was`;
  output.text(
    sinceMs === undefined
      ? `${name} not paused.`
      : `${name} paused for ${duration(nowMs - sinceMs)}; runs go on within a minute.`,
  );
  if (stillPaused.includes(allTriggers)) {
    output.note(`All triggers are still paused: npm run ops -- resume${deployment.flags}`);
  }
  const byName = stillPaused.filter((other) => other !== allTriggers);
  if (byName.length > 0) {
    output.note(`Still paused by name: ${byName.join(', ')}.`);
  }
  return true;
}
