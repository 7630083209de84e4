import { accountId, partition, region } from './pseudoParameters.ts';
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

export function tableArn(name: string): string {
  return `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`;
}

export function queueArn(name: string, account: string = accountId): string {
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}

export function functionArn(name: string): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
}

/** What CloudFormation gives of a role. */
export function roleAttributes(name: string): ResourceAttributes {
  return { ref: name, attributes: { Arn: `arn:${partition}:iam::${accountId}:role/${name}` } };
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

/** The name of a function that is given by its name or an ARN, of a version or an alias as well. */
export function nameOfFunction(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return parts[6] ?? parts[0] ?? nameOrArn;
}

/** What CloudFormation gives of a log group. */
export function logGroupAttributes(name: string): ResourceAttributes {
  return {
    ref: name,
    attributes: { Arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${name}:*` },
  };
}
