import type { Command } from 'commander';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { counted } from '../format/counted.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { describePull } from './describePull.ts';
import { findPull } from './findPull.ts';
import { cursorsOf } from './readPulls.ts';

/** `pulls stop` */
export function stopPullCommand(): Command {
  return opsCommand('stop', {
    description: 'Stops the occurrence of a pull that is at work. Its schedule goes on.',
    jsonShape: 'one JSON document',
    examples: ['pulls stop audience-persona'],
    notes:
      'A step that is being taken may still queue its runs. Runs that are queued go on; `runs cancel --trigger <name>` ends\n' +
      'them. To stop a pull for good, remove it from triggers.ts and deploy.',
  })
    .argument('<pull>', 'the name of its trigger', parseTriggerName)
    .action(async (name: string, options: DeploymentOptions) => {
      await operate(options, (deployment, output) => stopPull(deployment, name, Date.now(), output));
    });
}

/**
 * Ends the occurrence of a pull that is at work.
 *
 * @returns true
 * @throws OperatorError for a name that no pull has, and for a pull that is not at work
 */
export async function stopPull(
  deployment: Deployment,
  name: string,
  nowMs: number,
  output: Output,
): Promise<boolean> {
  const pull = await findPull(deployment, name, nowMs);
  const cursors = cursorsOf(deployment);
  const cursor = (await cursors.read([name])).get(name);
  if (cursor?.isAtWork !== true) {
    throw new OperatorError(`The pull ${name} is not at work. ${describePull(pull, nowMs)}`);
  }
  const by = await deployment.readCaller();
  const isStopped = await cursors.endByForce(
    cursor,
    { status: 'stopped', detail: `Stopped by ${by}` },
    nowMs,
  );
  if (!isStopped) {
    const now = await findPull(deployment, name, nowMs);
    throw new OperatorError(`The pull ${name} has ended meanwhile. ${describePull(now, nowMs)}`);
  }
  const { occurrence, counts } = cursor;
  if (output.isJson) {
    output.document({ trigger: name, occurrence, by, counts });
  } else {
    output.text(
      `The pull ${name} was stopped by ${by}.\n` +
        `It has queued ${counted(counts.runs, 'run')}, which go on; the step that is being taken, if any, may still queue its own.` +
        `\nTo end them: npm run ops -- runs cancel --trigger ${name}${deployment.flags}`,
    );
  }
  return true;
}
