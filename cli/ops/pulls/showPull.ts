import type { Command } from 'commander';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { findPull } from './findPull.ts';
import { formatPull } from './formatPulls.ts';

/** `pulls show` */
export function showPullCommand(): Command {
  return opsCommand('show', {
    description: 'Shows where a pull stands, what it waits for, what it has found, and how it ended last.',
    jsonShape: 'one JSON document',
    examples: ['pulls show audience-persona'],
  })
    .argument('<pull>', 'the name of its trigger', parseTriggerName)
    .action(async (name: string, options: DeploymentOptions) => {
      await operate(options, (deployment, output) => showPull(deployment, name, Date.now(), output));
    });
}

/** Shows a pull. @returns true @throws OperatorError for a name that no pull has */
export async function showPull(
  deployment: Deployment,
  name: string,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const pull = await findPull(deployment, name, nowMs);
  if (output.isJson) {
    output.document(pull);
  } else {
    output.text(formatPull(pull, nowMs));
  }
  return true;
}
