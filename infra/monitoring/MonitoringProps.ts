import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Duration } from 'aws-cdk-lib/core';
import type { SourceName } from '../../functions/sources/source.ts';

/** Options of {@link Monitoring}. */
export interface MonitoringProps {
  /** The value of the metrics' dimension `service`. */
  readonly serviceName: string;
  /** The open sources. */
  readonly sources: ReadonlySet<SourceName>;
  readonly receiver: IFunction;
  /** The version of the receiver that this deployment releases. */
  readonly receiverVersion: string;
  readonly runner: IFunction;
  readonly dispatcher: IFunction;
  /** `undefined` without `honourDeletes`. */
  readonly forgetter: IFunction | undefined;
  readonly receiverLogGroup: ILogGroup;
  readonly runnerLogGroup: ILogGroup;
  readonly dispatcherLogGroup: ILogGroup;
  readonly receiverMemoryMb: number;
  readonly runnerMemoryMb: number;
  readonly dispatcherMemoryMb: number;
  /** How long Segment waits for an answer, in milliseconds. */
  readonly endpointLatencyP50: Metric;
  readonly endpointLatencyP99: Metric;
  readonly table: ITable;
  /** New runs. */
  readonly runQueue: IQueue;
  /** New runs beyond a trigger's share. */
  readonly bulkQueue: IQueue;
  /** Runs with a slot. */
  readonly readyQueue: IQueue;
  /** With which the dispatcher starts itself. */
  readonly dispatchQueue: IQueue;
  readonly deadLetterQueue: IQueue;
  /** Mavera's rate limit. */
  readonly requestsPerMinute: number;
  /** The budget of all triggers together; 0: none. */
  readonly budgetCredits: number;
  /** The credits of the plan; `undefined`: unknown. */
  readonly monthlyCredits: number | undefined;
  readonly runDeadline: Duration;
  readonly visibilityTimeout: Duration;
  /** It is told when an alarm goes off and when it is over. */
  readonly alarmTopic: ITopic | undefined;
  /** Whole hours; `undefined`: no such alarm. */
  readonly alarmWhenNoEventsFor: Duration | undefined;
  /** Absent if no trigger has a pull. */
  readonly pull?: MonitoredPull | undefined;
  /** URL or path of the runbook. */
  readonly runbookUrl: string;
}

/** What there is of pulls to monitor. */
export interface MonitoredPull {
  readonly puller: IFunction;
  readonly logGroup: ILogGroup;
  /** Starts and steps. */
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  /** Of what starts the pulls. */
  readonly scheduleGroup: IScheduleGroup;
  readonly memoryMb: number;
}
