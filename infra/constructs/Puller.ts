import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Arn, ArnFormat, Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { longestStepMs } from '../../functions/pull/pullDependencies.ts';
import { s3Location } from '../../functions/pull/rows/s3Location.ts';
import type { TriggerPull } from '../../functions/pulls/pullOf.ts';
import { pullSchedule } from '../../functions/pulls/pullSchedule.ts';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { createPullSchedules } from './createPullSchedules.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';
import { mapQueue, poll } from './mapQueue.ts';
import { maxReceives, PullQueue } from './PullQueue.ts';
import { readSystemSecrets, type SystemSecretArns, systemEnvironment } from './systemAccess.ts';

/** Options of {@link Puller}. */
export interface PullerProps {
  readonly settings: Settings;
  readonly serviceName: string;
  readonly codeDirectory: string;
  readonly pulls: readonly TriggerPull[];
  readonly table: Table;
  readonly runQueue: Queue;
  /** The runs of pulls go here. */
  readonly bulkQueue: Queue;
  readonly resultsTopic: Topic;
  /** Of the systems that pulls need. */
  readonly secretArns: SystemSecretArns;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** The longest that Lambda has: the work, and a minute for what follows it. */
const timeout = Duration.millis(longestStepMs).plus(Duration.minutes(1));
/** Pulls that work at the same time. The steps of one pull follow one another. */
const maxConcurrency = 5;

/** The function that takes the steps of pulls, one an invocation, and its queue. */
export class Puller extends LeastPrivilegeFunction {
  readonly queue: PullQueue;
  readonly scheduleGroup: ScheduleGroup;
  /** When each pull starts, by the name of its trigger. */
  readonly startTimes: ReadonlyMap<string, string>;

  constructor(scope: Construct, id: string, props: PullerProps) {
    const { settings, removalPolicy, encryptionKey } = props;
    const queue = new PullQueue(scope, 'PullQueue', { pullerTimeout: timeout, removalPolicy, encryptionKey });
    super(scope, id, {
      description: 'Takes the steps of pulls: reads a system page by page, and queues the runs.',
      codeDirectory: props.codeDirectory,
      environment: environment(props, queue),
      memoryMb: settings.pullerMemoryMb,
      timeout,
      logRetentionDays: settings.logRetention,
      removalPolicy,
      statements: statements(props, queue, Stack.of(scope)),
      // Each step sends the message of the next one. Lambda would stop that after about 16 steps.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    this.queue = queue;
    mapQueue(this, 'PullQueueMapping', { target: this.live, queue, batchSize: 1, maxConcurrency });
    const { schedules, group } = createPullSchedules(scope, props.pulls, queue, encryptionKey);
    this.scheduleGroup = group;
    for (const { node } of schedules) {
      // A start of a new pull must not come to a puller that does not know it.
      node.addDependency(this);
    }
    this.startTimes = new Map(
      props.pulls.map(({ trigger: { name }, every }) => [name, pullSchedule(name, every).text]),
    );
  }
}

function environment(props: PullerProps, queue: PullQueue): Record<string, string> {
  const { settings } = props;
  return {
    ...commonEnvironment(props),
    BULK_QUEUE_URL: props.bulkQueue.queueUrl,
    PULL_QUEUE_URL: queue.queueUrl,
    PULL_MAX_RECEIVES: String(maxReceives),
    PULL_DEADLINE_SECONDS: String(settings.pullDeadline.toSeconds()),
    RUN_DEADLINE_SECONDS: String(settings.runDeadline.toSeconds()),
    RESULTS_TOPIC_ARN: props.resultsTopic.topicArn,
    ...systemEnvironment(settings, props.secretArns),
  };
}

function statements(props: PullerProps, queue: PullQueue, stack: Stack): PolicyStatement[] {
  return [
    ...readSystemSecrets(props.secretArns),
    ...readFiles(props.pulls, stack),
    allow('KeepPulls', props.table.tableArn, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]),
    allow('QueueRuns', props.bulkQueue.queueArn, ['sqs:SendMessage']),
    allow('TakeSteps', queue.queueArn, ['sqs:SendMessage', ...poll]),
    allow('PublishEnds', props.resultsTopic.topicArn, ['sns:Publish']),
    ...allowKey(props.encryptionKey, ['dynamodb', 'sqs', 'sns', 'secretsmanager']),
  ];
}

/** Exactly the objects of S3 that pulls name. */
function readFiles(pulls: readonly TriggerPull[], stack: Stack): PolicyStatement[] {
  const files = new Set(pulls.flatMap(({ pull }) => pull.files ?? []));
  const locations = [...files].flatMap((file) => s3Location(file) ?? []);
  return locations.map(({ bucket, key }, index) => {
    const object = Arn.format(
      {
        service: 's3',
        region: '',
        account: '',
        resource: bucket,
        resourceName: key,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      },
      stack,
    );
    return allow(`ReadFile${index + 1}`, object, ['s3:GetObject']);
  });
}
