import {
  functionArn,
  logGroupArn,
  nameOfFunction,
  roleArn,
  scheduleArn,
  scheduleGroupArn,
} from '../account/arns.ts';
import type { ResourceAttributes } from './resolveIntrinsics.ts';

/** The length that fits every service together with a stack's name: a queue's name has at most 80 characters. */
const maxLogicalIdLength = 40;

/** The length of the hash at the end of a logical id, which the CDK adds to keep it unique. */
const hashLength = 8;

/**
 * The name of a resource that has none in the template, in CloudFormation's form: stack, logical id, and a suffix. The
 * suffix is new at each boot, so that several systems can use the same servers.
 */
export function generatedName(stackName: string, logicalId: string, suffix: string): string {
  const short =
    logicalId.length <= maxLogicalIdLength
      ? logicalId
      : logicalId.slice(0, maxLogicalIdLength - hashLength) + logicalId.slice(-hashLength);
  return `${stackName}-${short}-${suffix}`;
}

/** The values of a role. */
export function roleAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: roleArn(name) } };
}

/** The values of a function. */
export function functionAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: functionArn(name) } };
}

/** The values of a schedule of EventBridge Scheduler. */
export function scheduleAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: scheduleArn(name) } };
}

/** The values of a group of schedules. */
export function scheduleGroupAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: scheduleGroupArn(name) } };
}

/** The values of a version or an alias of a function: its ARN with the qualifier at the end. */
export function qualifiedFunctionAttributes(nameOrArn: string, qualifier: string): ResourceAttributes {
  const arn = `${functionArn(nameOfFunction(nameOrArn))}:${qualifier}`;
  return { ref: arn, attributes: { FunctionArn: arn, AliasArn: arn, Version: qualifier } };
}

/** The values of a log group. */
export function logGroupAttributes(name: string): ResourceAttributes {
  return {
    ref: name,
    attributes: { Arn: `${logGroupArn(name)}:*` },
  };
}
