import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { admissionConcurrency } from '../settings/runnerConcurrency.ts';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';
import { mapQueue, poll } from './mapQueue.ts';
import { readSystemSecrets, type SystemSecretArns, systemEnvironment } from './systemAccess.ts';

/** Options of {@link Runner}. */
export interface RunnerProps {
  readonly settings: Settings;
  readonly serviceName: string;
  readonly codeDirectory: string;
  readonly table: Table;
  /** New runs. */
  readonly runQueue: Queue;
  /** New runs beyond a trigger's share. */
  readonly bulkQueue: Queue;
  /** Runs with a slot, and others that must not wait behind new runs. */
  readonly readyQueue: Queue;
  readonly deadLetterQueue: Queue;
  readonly resultsTopic: Topic;
  readonly maveraSecretArn: string;
  /** Of the systems that runs need. */
  readonly secretArns: SystemSecretArns;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The function that admits new runs, in batches, and does the work of those that are ready, one an invocation. One function
 * for all three queues: what it has read and its connections are used by all of them.
 */
export class Runner extends LeastPrivilegeFunction {
  constructor(scope: Construct, id: string, props: RunnerProps) {
    const { settings, removalPolicy } = props;
    super(scope, id, {
      description: 'Does the Mavera work of one run, within the rate limit and at most once at a time.',
      codeDirectory: props.codeDirectory,
      environment: environment(props),
      memoryMb: settings.runnerMemoryMb,
      timeout: settings.runnerTimeout,
      logRetentionDays: settings.logRetention,
      removalPolicy,
      statements: statements(props),
      // A run that must wait is sent to a queue of this function again. After about 16 rounds Lambda would take that for an
      // endless loop and move the message to the dead-letter queue. The run's deadline ends the loop instead.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    const admit = { target: this.live, batchSize: admissionBatch, maxConcurrency: admissionConcurrency };
    mapQueue(this, 'RunQueueMapping', { ...admit, queue: props.runQueue });
    mapQueue(this, 'BulkQueueMapping', { ...admit, queue: props.bulkQueue });
    mapQueue(this, 'ReadyQueueMapping', {
      target: this.live,
      queue: props.readyQueue,
      // A call to Mavera takes up to 90 s: the runs of a batch would wait for each other and fail together.
      batchSize: 1,
      maxConcurrency: settings.runnerConcurrency,
    });
  }
}

/** The most that Lambda takes without waiting for a batch to fill. Runs of a batch are admitted concurrently. */
const admissionBatch = 10;

function environment(props: RunnerProps): Record<string, string> {
  const { settings } = props;
  return {
    ...commonEnvironment(props),
    BULK_QUEUE_URL: props.bulkQueue.queueUrl,
    READY_QUEUE_URL: props.readyQueue.queueUrl,
    DEAD_LETTER_QUEUE_URL: props.deadLetterQueue.queueUrl,
    RESULTS_TOPIC_ARN: props.resultsTopic.topicArn,
    MAVERA_SECRET_ARN: props.maveraSecretArn,
    MAVERA_BASE_URL: settings.maveraBaseUrl,
    MAVERA_REQUESTS_PER_MINUTE: String(settings.maveraRequestsPerMinute),
    MAVERA_TIMEOUT_SECONDS: String(settings.maveraTimeout.toSeconds()),
    MAX_ATTEMPTS: String(settings.maxAttempts),
    BUDGET_CREDITS: String(settings.budgetCredits),
    BUDGET_PERIOD: settings.budgetPeriod,
    SEGMENT_TRACKING_URL: settings.segmentTrackingUrl,
    RUN_RETENTION_SECONDS: String(settings.runRetention.toSeconds()),
    RUN_DEADLINE_SECONDS: String(settings.runDeadline.toSeconds()),
    ...systemEnvironment(settings, props.secretArns),
  };
}

function statements(props: RunnerProps): PolicyStatement[] {
  return [
    allow('ReadMaveraSecret', props.maveraSecretArn, ['secretsmanager:GetSecretValue']),
    ...readSystemSecrets(props.secretArns),
    // A transaction needs the permissions of its writes.
    allow('KeepRuns', props.table.tableArn, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    ]),
    allow('AdmitRuns', props.runQueue.queueArn, ['sqs:SendMessage', ...poll]),
    allow('AdmitBulkRuns', props.bulkQueue.queueArn, ['sqs:SendMessage', ...poll]),
    allow('WorkOffReadyRuns', props.readyQueue.queueArn, ['sqs:SendMessage', ...poll]),
    allow('SetFailedRunsAside', props.deadLetterQueue.queueArn, ['sqs:SendMessage']),
    allow('PublishResults', props.resultsTopic.topicArn, ['sns:Publish']),
    ...allowKey(props.encryptionKey, ['dynamodb', 'sqs', 'sns', 'secretsmanager']),
  ];
}
