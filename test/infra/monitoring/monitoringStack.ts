import { Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { Monitoring } from '../../../infra/monitoring/Monitoring.ts';
import type { MonitoringProps } from '../../../infra/monitoring/MonitoringProps.ts';
import { temporaryDirectory } from '../temporaryDirectory.ts';

export const serviceName = 'mavera-triggers-test';
export const runbookUrl = 'https://wiki.example.com/runbook.md';
export const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
export const runDeadline = Duration.days(4);
export const visibilityTimeout = Duration.minutes(17);

/** A stack with only the monitoring of a pipeline that is elsewhere, and with every alarm. */
export function monitoringStack(more: Partial<MonitoringProps> = {}): {
  readonly app: App;
  readonly stack: Stack;
  readonly monitoring: Monitoring;
} {
  const app = new App({
    autoSynth: false,
    builtinCloudFormationValidation: false,
    outdir: temporaryDirectory(),
  });
  const env = { account: '123456789012', region: 'eu-west-1' };
  const stack = new Stack(app, 'Watched', { env });
  const arn = (service: string, name: string): string =>
    `arn:aws:${service}:${env.region}:${env.account}:${name}`;
  const latency = (statistic: string): Metric =>
    new Metric({ namespace: 'AWS/ApiGateway', metricName: 'Latency', statistic });
  const monitoring = new Monitoring(stack, 'Monitoring', {
    serviceName,
    sources: new Set(['segment', 'sendgrid', 'segops']),
    receiver: LambdaFunction.fromFunctionName(stack, 'Receiver', 'the-receiver'),
    receiverVersion: '42',
    runner: LambdaFunction.fromFunctionName(stack, 'Runner', 'the-runner'),
    dispatcher: LambdaFunction.fromFunctionName(stack, 'Dispatcher', 'the-dispatcher'),
    forgetter: LambdaFunction.fromFunctionName(stack, 'Forgetter', 'the-forgetter'),
    receiverLogGroup: LogGroup.fromLogGroupName(stack, 'ReceiverLogs', 'receiver-logs'),
    runnerLogGroup: LogGroup.fromLogGroupName(stack, 'RunnerLogs', 'runner-logs'),
    dispatcherLogGroup: LogGroup.fromLogGroupName(stack, 'DispatcherLogs', 'dispatcher-logs'),
    receiverMemoryMb: 1_769,
    runnerMemoryMb: 256,
    dispatcherMemoryMb: 512,
    endpointLatencyP50: latency('p50'),
    endpointLatencyP99: latency('p99'),
    table: Table.fromTableName(stack, 'Ledger', 'the-ledger'),
    runQueue: Queue.fromQueueArn(stack, 'Runs', arn('sqs', 'runs')),
    bulkQueue: Queue.fromQueueArn(stack, 'Bulk', arn('sqs', 'bulk')),
    readyQueue: Queue.fromQueueArn(stack, 'Ready', arn('sqs', 'ready')),
    dispatchQueue: Queue.fromQueueArn(stack, 'Dispatch', arn('sqs', 'dispatch')),
    deadLetterQueue: Queue.fromQueueArn(stack, 'DeadLetters', arn('sqs', 'dead-letters')),
    pull: {
      puller: LambdaFunction.fromFunctionName(stack, 'Puller', 'the-puller'),
      logGroup: LogGroup.fromLogGroupName(stack, 'PullerLogs', 'puller-logs'),
      queue: Queue.fromQueueArn(stack, 'Pulls', arn('sqs', 'pulls')),
      deadLetterQueue: Queue.fromQueueArn(stack, 'PullDeadLetters', arn('sqs', 'pull-dead-letters')),
      scheduleGroup: ScheduleGroup.fromScheduleGroupName(stack, 'PullSchedules', 'the-pulls'),
      memoryMb: 512,
    },
    requestsPerMinute: 240,
    budgetCredits: 5_000,
    monthlyCredits: 5_000,
    runDeadline,
    visibilityTimeout,
    alarmTopic: Topic.fromTopicArn(stack, 'AlarmTopic', alarmTopicArn),
    alarmWhenNoEventsFor: Duration.hours(6),
    runbookUrl,
    ...more,
  });
  return { app, stack, monitoring };
}

/** A metric of an alarm or a widget. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** An alarm in the template. */
export interface AlarmProperties {
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Period?: number;
  readonly Dimensions?: readonly Dimension[];
  readonly Metrics?: readonly AlarmQuery[];
}

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** One of the metrics, or the expression, of an alarm. */
export interface AlarmQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly MetricName: string;
      readonly Namespace: string;
      readonly Dimensions?: readonly Dimension[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

/** The alarms of a stack, by name. */
export function alarmsOf(stack: Stack): ReadonlyMap<string, AlarmProperties> {
  const alarms = Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  return new Map(
    alarms.map(([id, { Properties }]) => [
      id.replace(/^Monitoring/, '').replace(/[0-9A-F]{8}$/, ''),
      Properties as AlarmProperties,
    ]),
  );
}

/** The metrics of an alarm. */
export function metricsOfAlarm(alarm: AlarmProperties): readonly WatchedMetric[] {
  const stats = (alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  const own = alarm.MetricName === undefined ? [] : [alarm];
  return [...stats, ...own].map(({ Namespace = '', MetricName = '', Dimensions = [] }) => ({
    namespace: Namespace,
    name: MetricName,
    dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
  }));
}
