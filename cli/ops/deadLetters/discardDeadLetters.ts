import type { Command } from 'commander';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import type { Output } from '../output.ts';
import { RedriveReport } from '../redrive/redriveReport.ts';
import { triggerOf } from './deadLetter.ts';
import { eachDeadLetters } from './receiveDeadLetters.ts';
import { addSelection, Selection, type SelectionOptions } from './selection.ts';

/** Which dead letters to discard. */
export interface DiscardOptions extends SelectionOptions {
  readonly yes?: true;
}

/** `dead-letters discard` */
export function discardDeadLettersCommand(): Command {
  const command = opsCommand('discard', {
    description: 'Deletes dead letters. The run items stay as they are.',
    jsonShape: 'one JSON object a line for each message,',
    examples: ['dead-letters discard --reason message_unreadable --yes'],
    notes: 'Without --yes it only shows what would be deleted.',
  });
  return addSelection(command)
    .option('--yes', 'delete them; this cannot be undone')
    .action(async (prefixes: readonly string[], options: DeploymentOptions & DiscardOptions) => {
      await operate(options, (deployment, output) =>
        discardDeadLetters(deployment, prefixes, options, output),
      );
    });
}

/**
 * Deletes dead letters, or shows which would be deleted.
 *
 * @returns whether all selected ones were deleted
 * @throws OperatorError if it is not clear which to delete
 */
export async function discardDeadLetters(
  deployment: Deployment,
  prefixes: readonly string[],
  options: DiscardOptions,
  output: Output,
): Promise<boolean> {
  const selection = new Selection(prefixes, options);
  const report = new RedriveReport(output);
  const isSure = options.yes === true;
  await eachDeadLetters(deployment, async (letters, remove) => {
    const selected = letters.filter((letter) => selection.has(letter));
    if (isSure) {
      await remove(selected);
    }
    for (const letter of selected) {
      const { runId } = letter.message ?? {};
      const trigger = triggerOf(letter);
      report.add({ runId, trigger, outcome: isSure ? 'discarded' : 'would be discarded' });
    }
    return 'go on';
  });
  report.end();
  const hasMissed = selection.tellMissed(output, deployment.flags);
  if (report.count() === 0) {
    if (!hasMissed) {
      output.note(`${selection.whyNone()}: nothing was discarded.`);
    }
    return !hasMissed;
  }
  if (!isSure) {
    output.note('Nothing was deleted: add --yes to delete them. This cannot be undone.');
  }
  return isSure && !hasMissed;
}
