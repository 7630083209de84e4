import * as z from 'zod';
import { ruleArn } from '../account/arns.ts';
import { parseProperties } from './parseProperties.ts';

/** A schedule of the stack: a rule of EventBridge that starts a function. */
export interface StackSchedule {
  readonly logicalId: string;
  readonly ruleArn: string;
  /** A name or an ARN, as in the template. */
  readonly functionName: string;
  /** The minutes between two starts; absent for a calendar expression, and for a rate in hours or days. */
  readonly everyMinutes?: number;
}

const expressionSchema = z
  .string({ error: 'only rules with a schedule are supported' })
  .regex(/^(?:rate\([1-9]\d* (?:minute|hour|day)s?\)|cron\([^()]+\))$/, 'must be rate(…) or cron(…)');

const ruleSchema = z.strictObject({
  Description: z.string().optional(),
  Name: z.string().optional(),
  ScheduleExpression: expressionSchema,
  State: z.literal('ENABLED', { error: 'a disabled rule is not supported' }).optional(),
  Tags: z.unknown().optional(),
  Targets: z.array(z.strictObject({ Arn: z.string(), Id: z.string(), RetryPolicy: z.unknown().optional() })),
});

/**
 * Reads a rule from its resolved properties: one schedule for each of its targets.
 *
 * @param name the rule's name, unless its properties have another.
 * @throws {LocalSystemError} for a property that the local system does not support.
 */
export function stackSchedules(
  logicalId: string,
  name: string,
  properties: unknown,
): readonly StackSchedule[] {
  const rule = parseProperties(ruleSchema, logicalId, properties);
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(rule.ScheduleExpression) ?? [];
  return rule.Targets.map(({ Arn }) => ({
    logicalId,
    ruleArn: ruleArn(rule.Name ?? name),
    functionName: Arn,
    ...(minutes === undefined ? {} : { everyMinutes: Number(minutes) }),
  }));
}
