import type { Command } from 'commander';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import type { Output } from '../output.ts';
import { formatStatus } from './formatStatus.ts';
import { readStatus } from './readStatus.ts';

/** `status` */
export function statusCommand(): Command {
  return opsCommand('status', {
    description:
      'Shows the state of the system: queues, parked runs, pace, breaker, account, budgets, pauses, the last hour.',
    jsonShape: 'one JSON document',
    examples: ['status', 'status --local'],
  }).action(async (options: DeploymentOptions) => {
    await operate(options, (deployment, output) => showStatus(deployment, Date.now(), output));
  });
}

/** Shows the state of a system. @returns true */
export async function showStatus(deployment: Deployment, nowMs: number, output: Output): Promise<boolean> {
  const status = await readStatus(deployment, nowMs);
  if (output.isJson) {
    output.document(status);
  } else {
    output.text(formatStatus(status, deployment.flags));
  }
  return true;
}
