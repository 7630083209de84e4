import { functionArn, logGroupArn, nameOfFunction, roleArn } from '../account/arns.ts';
import type { ResourceAttributes } from './resolveIntrinsics.ts';

/** The longest that every service takes together with a stack's name: a queue's name has at most 80 characters. */
const maxLogicalIdLength = 40;

/** The eight characters at the end of a logical id by which the CDK keeps it unique. */
const hashLength = 8;

/**
 * The name of a resource that the template leaves unnamed, made as CloudFormation makes it: stack, logical id, and
 * a suffix that is new at each boot, so that several systems can use the same servers.
 */
export function generatedName(stackName: string, logicalId: string, suffix: string): string {
  const short =
    logicalId.length <= maxLogicalIdLength
      ? logicalId
      : logicalId.slice(0, maxLogicalIdLength - hashLength) + logicalId.slice(-hashLength);
  return `${stackName}-${short}-${suffix}`;
}

/** What CloudFormation gives of a role. */
export function roleAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: roleArn(name) } };
}

/** What CloudFormation gives of a function. */
export function functionAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: functionArn(name) } };
}

/** What CloudFormation gives of a version or an alias of a function: its ARN, with the qualifier at its end. */
export function qualifiedFunctionAttributes(nameOrArn: string, qualifier: string): ResourceAttributes {
  const arn = `${functionArn(nameOfFunction(nameOrArn))}:${qualifier}`;
  return { ref: arn, attributes: { FunctionArn: arn, AliasArn: arn, Version: qualifier } };
}

/** What CloudFormation gives of a log group. */
export function logGroupAttributes(name: string): ResourceAttributes {
  return {
    ref: name,
    attributes: { Arn: `${logGroupArn(name)}:*` },
  };
}
