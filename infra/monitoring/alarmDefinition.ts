import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** When an alarm goes off, and what it says. */
export interface AlarmDefinition {
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default greater than or equal to the threshold */
  readonly comparison?: ComparisonOperator;
  /** How many periods are evaluated. @default 1 */
  readonly periods?: number;
  /** How many of them must be bad. @default all */
  readonly badPeriods?: number;
  /** @default not breaching */
  readonly missingData?: TreatMissingData;
  /** One or two sentences for the operator. */
  readonly description: string;
  /** If the alarm goes off during a release of this function, the release is rolled back. */
  readonly rollsBack?: 'receiver' | 'runner' | 'dispatcher';
}

/** The names of the alarms. Each section of the runbook has the name of its alarm. */
export type AlarmName =
  | 'SignatureFailures'
  | 'SignedRequestsRefused'
  | 'SegmentRefused'
  | 'SendGridRefused'
  | 'SegOpsRefused'
  | 'ReleaseRefusesRequests'
  | 'ReceiverFailures'
  | 'ReceiverLatency'
  | 'RunsWaitTooLong'
  | 'ParkedRunsTooOld'
  | 'DeadLetters'
  | 'BreakerOpen'
  | 'BudgetNearlySpent'
  | 'BudgetSpent'
  | 'Throttles'
  | 'RunnerCrashes'
  | 'DispatcherNotFinished'
  | 'DispatcherFailures'
  | 'ForgetterFailures'
  | 'PullFailed'
  | 'PullQueueStuck'
  | 'PullDeadLetters'
  | 'PullStartLost'
  | 'NoEvents';
