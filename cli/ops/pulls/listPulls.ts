import type { Command } from 'commander';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { operate } from '../operate.ts';
import { opsCommand } from '../opsCommand.ts';
import type { Output } from '../output.ts';
import { pullsOf } from './findPull.ts';
import { formatPulls } from './formatPulls.ts';
import { readPulls } from './readPulls.ts';

/** `pulls list` */
export function listPullsCommand(): Command {
  return opsCommand('list', {
    description: 'Lists the pulls: their schedules, and what each does now or did last.',
    jsonShape: 'one JSON object a line for each pull,',
    examples: ['pulls list', 'pulls list --local'],
  }).action(async (options: DeploymentOptions) => {
    await operate(options, (deployment, output) => listPulls(deployment, Date.now(), output));
  });
}

/** Lists pulls. @returns true @throws OperatorError if the system has none */
export async function listPulls(deployment: Deployment, nowMs: number, output: Output): Promise<boolean> {
  pullsOf(deployment);
  const pulls = await readPulls(deployment, nowMs);
  if (output.isJson) {
    output.lines(pulls);
  } else {
    output.text(formatPulls(pulls, nowMs));
  }
  return true;
}
