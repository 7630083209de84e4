import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventSourceMapping, type IFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';

/** Options of {@link Runner}. */
export interface RunnerProps {
  readonly settings: Settings;
  readonly serviceName: string;
  readonly codeDirectory: string;
  readonly table: Table;
  readonly runQueue: Queue;
  readonly deadLetterQueue: Queue;
  readonly resultsTopic: Topic;
  readonly maveraSecretArn: string;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** The function that works through the run queue, one run an invocation. */
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
      // A run that must wait is sent to the same queue again. After about 16 rounds Lambda would take that for an
      // endless loop and move the message to the dead-letter queue. The run's deadline ends the loop instead.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    this.#consume(props.runQueue, settings.runnerConcurrency);
  }

  #consume(runQueue: Queue, maxConcurrency: number): void {
    const mapping = new EventSourceMapping(this, 'RunQueueMapping', {
      // The cast is for TypeScript's exactOptionalPropertyTypes.
      target: this.live as IFunction,
      eventSourceArn: runQueue.queueArn,
      // A call to Mavera takes up to 90 s: the runs of a batch would wait for each other and fail together.
      batchSize: 1,
      // The limit is at the queue. Reserved concurrency would throttle instead: each throttled delivery raises the
      // receive count, until good runs are dead-lettered.
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Lambda has no failure destination for SQS sources: the redrive policy of the queue does its work.',
    });
  }
}

function environment(props: RunnerProps): Record<string, string> {
  const { settings } = props;
  return {
    ...commonEnvironment(props),
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
  };
}

function statements(props: RunnerProps): PolicyStatement[] {
  return [
    allow('ReadMaveraSecret', props.maveraSecretArn, ['secretsmanager:GetSecretValue']),
    // A transaction needs the permissions of its writes.
    allow('KeepRuns', props.table.tableArn, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    ]),
    // Lambda needs the last three, under this role, to poll the queue.
    allow('WorkOffRunQueue', props.runQueue.queueArn, [
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
    ]),
    allow('SetFailedRunsAside', props.deadLetterQueue.queueArn, ['sqs:SendMessage']),
    allow('PublishResults', props.resultsTopic.topicArn, ['sns:Publish']),
    ...allowKey(props.encryptionKey, ['dynamodb', 'sqs', 'sns', 'secretsmanager']),
  ];
}
