import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';

/** Options of {@link Monitoring}. */
export interface MonitoringProps {
  /** Value of the metrics' dimension `service`. */
  readonly serviceName: string;
  readonly receiver: IFunction;
  readonly runner: IFunction;
  readonly receiverLogGroup: ILogGroup;
  readonly runnerLogGroup: ILogGroup;
  readonly receiverMemoryMb: number;
  readonly runnerMemoryMb: number;
  /** How long Segment waits for an answer, in milliseconds. */
  readonly endpointLatencyP50: Metric;
  readonly endpointLatencyP99: Metric;
  readonly table: ITable;
  readonly runQueue: IQueue;
  readonly deadLetterQueue: IQueue;
  /** Mavera's limit. */
  readonly requestsPerMinute: number;
  /** Of all triggers together; 0: none. */
  readonly budgetCredits: number;
  /** Of the plan; `undefined`: unknown. */
  readonly monthlyCredits: number | undefined;
  readonly runDeadline: Duration;
  readonly visibilityTimeout: Duration;
  /** Is told of every alarm, and of its end. */
  readonly alarmTopic: ITopic | undefined;
  /** Whole hours; `undefined`: no such alarm. */
  readonly alarmWhenNoEventsFor: Duration | undefined;
  /** Where the runbook is. */
  readonly runbookUrl: string;
}
