import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { authorize } from '../iam/authorize.ts';
import { LocalSystemError } from '../localSystemError.ts';
import type { PullSchedule } from '../template/pullSchedule.ts';
import type { CreatedStack } from './createStack.ts';
import type { StackFunctions } from './functionsByKind.ts';
import type { Backend } from './startBackend.ts';

/** The pulls of a stack. The clock starts none of them. */
export interface LocalPulls {
  /** Trigger → the schedule of its pull, such as `cron(17 3 ? * TUE *) UTC`. */
  readonly schedules: Readonly<Record<string, string>>;
  readonly queueUrl: string | undefined;
  readonly deadLetterQueueUrl: string | undefined;
  /**
   * Starts an occurrence at once, with the message of the schedule.
   *
   * @returns the name of the occurrence
   * @throws {LocalSystemError} when no schedule starts the pull of this trigger
   */
  readonly start: (trigger: string) => Promise<string>;
}

/**
 * Prepares what starts pulls.
 *
 * @throws {LocalSystemError} when the role of a schedule does not permit what EventBridge Scheduler does with it, and for a
 * schedule of a queue that no function reads.
 */
export function startPulls(
  { stack, queueUrls }: CreatedStack,
  { puller }: StackFunctions,
  { clients, endpoints }: Pick<Backend, 'clients' | 'endpoints'>,
): LocalPulls {
  const schedules = stack.pullSchedules;
  for (const schedule of schedules) {
    check(schedule, puller?.invokers.pullSchedules ?? []);
  }
  const urlOf = (arn: string | undefined): string | undefined => {
    const url = queueUrls.get(arn ?? '');
    return url === undefined ? undefined : `${endpoints.sqs}${new URL(url).pathname}`;
  };
  return {
    schedules: Object.fromEntries(schedules.map(({ trigger, expression }) => [trigger, expression])),
    queueUrl: urlOf(schedules[0]?.queueArn),
    deadLetterQueueUrl: urlOf(schedules[0]?.deadLetterQueueArn),
    start: async (trigger) => {
      const schedule = schedules.find((one) => one.trigger === trigger);
      if (schedule === undefined) {
        const names = schedules.map((one) => one.trigger);
        const known = names.length === 0 ? 'the triggers pull nothing' : `the pulls are ${names.join(', ')}`;
        throw new LocalSystemError(`there is no pull ${trigger}: ${known}`);
      }
      const occurrence = `${new Date().toISOString()}-by-hand`;
      await clients.sqs.send(
        new SendMessageCommand({
          QueueUrl: urlOf(schedule.queueArn),
          MessageBody: schedule.message(occurrence),
          MessageGroupId: trigger,
        }),
      );
      return occurrence;
    },
  };
}

function check(schedule: PullSchedule, served: readonly PullSchedule[]): void {
  const { logicalId, queueArn, deadLetterQueueArn, roleName, statements } = schedule;
  if (!served.includes(schedule)) {
    throw new LocalSystemError(`${logicalId}: no function of the template reads ${queueArn}`);
  }
  const principal = { accessKeyId: logicalId, functionName: logicalId, roleName, statements };
  const queues = [queueArn, ...(deadLetterQueueArn === undefined ? [] : [deadLetterQueueArn])];
  const needed = queues.map((resource) => ({ action: 'sqs:SendMessage', resource }));
  const authorization = authorize(principal, needed);
  if (!authorization.allowed) {
    throw new LocalSystemError(
      `${logicalId}: EventBridge Scheduler could not send. ${authorization.message}`,
    );
  }
}
