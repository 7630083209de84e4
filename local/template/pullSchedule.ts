import * as z from 'zod';
import type { PolicyStatement } from '../iam/policy.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from './parseProperties.ts';

/** A schedule of the stack that starts a pull: EventBridge Scheduler sends a message to the puller's queue. */
export interface PullSchedule {
  readonly logicalId: string;
  /** Name of the trigger. */
  readonly trigger: string;
  /** Such as `cron(17 3 * * ? *) UTC`. */
  readonly expression: string;
  readonly queueArn: string;
  /** Where a start goes that cannot be sent to the queue. */
  readonly deadLetterQueueArn: string | undefined;
  readonly roleName: string;
  readonly statements: readonly PolicyStatement[];
  /** The message that starts an occurrence. */
  message(occurrence: string): string;
}

const scheduledTime = '<aws.scheduler.scheduled-time>';

const scheduleSchema = z.strictObject({
  Description: z.string().optional(),
  EndDate: z.undefined({ error: 'a schedule that ends is not supported' }).optional(),
  FlexibleTimeWindow: z.looseObject({ Mode: z.string() }),
  GroupName: z.string().optional(),
  KmsKeyArn: z.string().optional(),
  Name: z.string().optional(),
  ScheduleExpression: z.string().regex(/^(?:rate|cron)\([^()]+\)$/, 'must be rate(…) or cron(…)'),
  ScheduleExpressionTimezone: z.string().optional(),
  StartDate: z.string().optional(),
  State: z.literal('ENABLED', { error: 'a disabled schedule is not supported' }).optional(),
  Target: z.strictObject({
    Arn: z.string(),
    DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
    Input: z.string(),
    RetryPolicy: z.unknown().optional(),
    RoleArn: z.string(),
    SqsParameters: z.object({ MessageGroupId: z.string().optional() }).optional(),
  }),
});

const inputSchema = z.object({ kind: z.literal('start'), trigger: z.string(), occurrence: z.string() });

/**
 * Reads a schedule of EventBridge Scheduler from its resolved properties.
 *
 * @throws {LocalSystemError} for a property that the local system does not support, and for a message that starts no pull.
 */
export function pullSchedule(
  logicalId: string,
  properties: unknown,
  statementsByRole: ReadonlyMap<string, readonly PolicyStatement[]>,
): PullSchedule {
  const schedule = parseProperties(scheduleSchema, logicalId, properties);
  const { ScheduleExpression, ScheduleExpressionTimezone: timeZone = 'UTC', Target } = schedule;
  const roleName = Target.RoleArn.slice(Target.RoleArn.lastIndexOf('/') + 1);
  return {
    logicalId,
    trigger: startedTrigger(logicalId, Target.Input),
    expression: `${ScheduleExpression} ${timeZone}`,
    queueArn: Target.Arn,
    deadLetterQueueArn: Target.DeadLetterConfig?.Arn,
    roleName,
    statements: statementsByRole.get(roleName) ?? [],
    message: (occurrence) => Target.Input.replaceAll(scheduledTime, occurrence),
  };
}

function startedTrigger(logicalId: string, input: string): string {
  const read = inputSchema.safeParse(jsonOf(input));
  if (!read.success || read.data.occurrence !== scheduledTime) {
    throw new LocalSystemError(
      `${logicalId}: its input must be the start of a pull at ${scheduledTime}, and is ${input}`,
    );
  }
  return read.data.trigger;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
