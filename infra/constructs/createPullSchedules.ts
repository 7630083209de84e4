import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleGroup,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Aws, Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { PullMessage } from '../../functions/pull/pullMessage.ts';
import type { TriggerPull } from '../../functions/pulls/pullOf.ts';
import { pullSchedule } from '../../functions/pulls/pullSchedule.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import type { PullQueue } from './PullQueue.ts';

/** A start that is older is dead-lettered: it would come long after its time. */
const maxEventAge = Duration.hours(1);

/** What starts pulls. */
export interface PullSchedules {
  readonly schedules: readonly Schedule[];
  /** CloudWatch has metrics of a group, and none of a single schedule. */
  readonly group: ScheduleGroup;
}

/** Makes a schedule for each pull: it sends the message that starts an occurrence. */
export function createPullSchedules(
  scope: Construct,
  pulls: readonly TriggerPull[],
  queue: PullQueue,
  encryptionKey: IKey | undefined,
): PullSchedules {
  const group = new ScheduleGroup(scope, 'PullScheduleGroup', { removalPolicy: RemovalPolicy.DESTROY });
  const role = starterRole(scope, group, queue, encryptionKey);
  const schedules = pulls.map(({ trigger: { name }, every }) => {
    const { cron, timeZone } = pullSchedule(name, every);
    const start = {
      version: 1,
      kind: 'start',
      trigger: name,
      occurrence: ContextAttribute.scheduledTime,
    } satisfies PullMessage;
    const schedule = new Schedule(scope, `PullSchedule${inPascalCase(name)}`, {
      description: `Starts the pull of the trigger ${name}.`,
      scheduleGroup: group,
      schedule: ScheduleExpression.expression(cron, TimeZone.of(timeZone)),
      target: new SqsSendMessage(queue, {
        role: role.withoutPolicyUpdates(),
        input: ScheduleTargetInput.fromObject(start),
        deadLetterQueue: queue.failed,
        maxEventAge,
      }),
    });
    // A schedule names its group by a string, which CloudFormation does not take for a reference.
    schedule.node.addDependency(group);
    return schedule;
  });
  return { schedules, group };
}

/** What EventBridge Scheduler acts as. Only schedules of this group can assume it. */
function starterRole(
  scope: Construct,
  group: ScheduleGroup,
  queue: PullQueue,
  encryptionKey: IKey | undefined,
): Role {
  const conditions = {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': group.scheduleGroupArn },
  };
  return new Role(scope, 'PullStarterRole', {
    description: 'Starts pulls.',
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }),
    inlinePolicies: {
      Start: new PolicyDocument({
        statements: [
          allow('StartPulls', queue.queueArn, ['sqs:SendMessage']),
          allow('SetLostStartsAside', queue.failed.queueArn, ['sqs:SendMessage']),
          ...allowKey(encryptionKey, ['sqs']),
        ],
      }),
    },
  });
}

/** Two names never become the same: a hyphen stays where no small letter follows. */
function inPascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
