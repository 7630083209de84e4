import { accountId, partition, region } from './account.ts';

export function tableArn(name: string): string {
  return `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`;
}

export function queueArn(name: string, account: string = accountId): string {
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}

export function functionArn(name: string): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
}

export function roleArn(name: string): string {
  return `arn:${partition}:iam::${accountId}:role/${name}`;
}

export function ruleArn(name: string): string {
  return `arn:${partition}:events:${region}:${accountId}:rule/${name}`;
}

/** Of a schedule in the group that every account has. */
export function scheduleArn(name: string): string {
  return `arn:${partition}:scheduler:${region}:${accountId}:schedule/default/${name}`;
}

export function scheduleGroupArn(name: string): string {
  return `arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${name}`;
}

export function logGroupArn(name: string): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
}

/** The name of a function that is given by its name or an ARN, of a version or an alias as well. */
export function nameOfFunction(nameOrArn: string): string {
  const parts = nameOrArn.split(':');
  return parts[6] ?? parts[0] ?? nameOrArn;
}
