import type { Executions, UnknownExecutions } from '../deployment/readExecutions.ts';

/** What the receiver needs: a batch in each of ten requests at once. */
const receivers = 10;
/** The schedule and the dispatcher's own message may start it at the same moment. */
const dispatchers = 2;

/** Whether the account's quota is below what all functions need together. */
export function areExecutionsTooFew({ quota, runners, admissions, pullers }: Executions): boolean {
  return quota < runners + admissions + pullers + dispatchers + receivers;
}

/** The account's quota of concurrent executions, and what this system needs of it. */
export function describeExecutions(executions: Executions | UnknownExecutions): string {
  if ('problem' in executions) {
    return `unknown: ${executions.problem}`;
  }
  const { quota, unreserved, runners, admissions, pullers } = executions;
  const free = unreserved === quota ? '' : `, ${unreserved.toLocaleString('en')} of them not reserved`;
  const ofPulls = pullers === 0 ? '' : `pulls ${pullers}, `;
  const needs =
    `the runners take up to ${runners}, admission ${admissions}, ${ofPulls}the dispatcher ${dispatchers}, ` +
    `and the receiver needs ${receivers}`;
  return areExecutionsTooFew(executions)
    ? `quota ${quota.toLocaleString('en')}${free}: TOO FEW, ${needs}. Requests of Segment can be throttled. ` +
        'Raise the quota (Service Quotas > AWS Lambda > Concurrent executions), or lower runnerConcurrency.'
    : `quota ${quota.toLocaleString('en')}${free}; ${needs}`;
}
