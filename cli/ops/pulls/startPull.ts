import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { writePullMessage } from '../../../functions/pull/pullMessage.ts';
import { onInterrupt } from '../../../local/onInterrupt.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { DeploymentOptions } from '../deployment/deploymentOptions.ts';
import { localTime } from '../format/localTime.ts';
import { operate } from '../operate.ts';
import { OperatorError } from '../operatorError.ts';
import { opsCommand } from '../opsCommand.ts';
import { countFrom } from '../options/count.ts';
import { parseTriggerName } from '../options/triggerName.ts';
import type { Output } from '../output.ts';
import { findPull, pullsOf, unknownPull } from './findPull.ts';
import { followPull } from './followPull.ts';

/** How to start. */
export interface StartPullOptions {
  readonly follow?: true;
  /** Seconds between two reads when it follows. */
  readonly every: number;
}

/** `pulls start` */
export function startPullCommand(): Command {
  return opsCommand('start', {
    description: 'Starts a pull now, beside its schedule.',
    jsonShape: 'one JSON document, with --follow one JSON object a line for each change,',
    examples: ['pulls start audience-persona', 'pulls start audience-persona --follow --local'],
    notes:
      'What has not changed since the last occurrence starts no run. One occurrence is at work at a time.\n' +
      'With --follow, the exit code is 0 only if the occurrence is done.',
  })
    .argument('<pull>', 'the name of its trigger', parseTriggerName)
    .option('--follow', 'show its progress until it has ended')
    .option('--every <seconds>', 'how often to read with --follow', countFrom(1, 3_600), 2)
    .action(async (name: string, options: DeploymentOptions & StartPullOptions) => {
      const interrupted = options.follow === true ? onInterrupt() : undefined;
      await operate(options, (deployment, output) =>
        startPull(deployment, name, options, output, interrupted),
      );
    });
}

/**
 * Starts an occurrence of a pull, and follows it to its end if that is wanted.
 *
 * @param interrupted ends `follow`; the occurrence goes on
 * @returns whether it is started; with `follow`, whether it is done
 * @throws OperatorError for a name that no pull has, and for a pull that is at work
 */
export async function startPull(
  deployment: Deployment,
  name: string,
  { follow, every }: StartPullOptions,
  output: Output,
  interrupted?: AbortSignal,
): Promise<boolean> {
  const nowMs = Date.now();
  const pulls = pullsOf(deployment);
  if (!pulls.schedules.has(name)) {
    throw new OperatorError(unknownPull(name, pulls));
  }
  const { state, atWork } = await findPull(deployment, name, nowMs);
  if (state === 'at_work' && atWork !== undefined) {
    throw new OperatorError(
      `The pull ${name} has been at work since ${localTime(atWork.startedAtMs)}: wait for its end ` +
        `(npm run ops -- pulls show ${name}${deployment.flags}), or stop it first ` +
        `(npm run ops -- pulls stop ${name}${deployment.flags}).`,
    );
  }
  const occurrence = `${new Date(nowMs).toISOString()}-by-hand`;
  await deployment.sqs.send(
    new SendMessageCommand({
      QueueUrl: pulls.queueUrl,
      MessageBody: writePullMessage({ version: 1, kind: 'start', trigger: name, occurrence }),
      MessageGroupId: name,
    }),
  );
  if (follow === true) {
    return await followPull(
      deployment,
      { trigger: name, occurrence },
      { every, signal: interrupted },
      output,
    );
  }
  if (output.isJson) {
    output.document({ trigger: name, occurrence });
  } else {
    output.text(
      `The pull ${name} is started: occurrence ${occurrence}.\n` +
        `To see it: npm run ops -- pulls show ${name}${deployment.flags}`,
    );
  }
  return true;
}
