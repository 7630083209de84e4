import type { Executions, UnknownExecutions } from '../deployment/readExecutions.ts';

/** What the receiver needs beside the runners: a batch in each of ten requests at once. */
const receivers = 10;

/** Whether the account's quota is below what runners and receiver need together. */
export function areExecutionsTooFew({ quota, runners }: Executions): boolean {
  return quota < runners + receivers;
}

/** The account's quota of concurrent executions, and what this system needs of it. */
export function describeExecutions(executions: Executions | UnknownExecutions): string {
  if ('problem' in executions) {
    return `unknown: ${executions.problem}`;
  }
  const { quota, unreserved, runners } = executions;
  const free = unreserved === quota ? '' : `, ${unreserved.toLocaleString('en')} of them not reserved`;
  const needs = `the runners take up to ${runners}, and the receiver needs ${receivers}`;
  return areExecutionsTooFew(executions)
    ? `quota ${quota.toLocaleString('en')}${free}: TOO FEW, ${needs}. Requests of Segment can be throttled. ` +
        'Raise the quota (Service Quotas > AWS Lambda > Concurrent executions), or lower runnerConcurrency.'
    : `quota ${quota.toLocaleString('en')}${free}; ${needs}`;
}
