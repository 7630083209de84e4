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

/** The function that works off the run queue, one run an invocation. */
export class Runner extends LeastPrivilegeFunction {
  constructor(scope: Construct, id: string, props: RunnerProps) {
    const { settings, removalPolicy } = props;
    super(scope, id, {
      description: 'Does the Mavera work of one run, paced and at most once at a time.',
      codeDirectory: props.codeDirectory,
      environment: environment(props),
      memoryMb: settings.runnerMemoryMb,
      timeout: settings.runnerTimeout,
      logRetentionDays: settings.logRetention,
      removalPolicy,
      statements: statements(props),
      // A run that has to wait is sent to the same queue again. Lambda takes that for a runaway loop after some 16
      // rounds and drops the message into the dead-letter queue. The run's deadline ends the loop instead.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    this.#workOff(props.runQueue, settings.runnerConcurrency);
  }

  #workOff(runQueue: Queue, maxConcurrency: number): void {
    const mapping = new EventSourceMapping(this, 'RunQueueMapping', {
      // The cast is for TypeScript's exactOptionalPropertyTypes.
      target: this.live as IFunction,
      eventSourceArn: runQueue.queueArn,
      // A Mavera call takes up to 90 s: runs of one batch would wait for each other, and fail together.
      batchSize: 1,
      // Limits at the queue. Reserved concurrency would throttle instead: each throttled delivery raises the
      // receive count, until good runs are in the dead-letter queue.
      maxConcurrency,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'Lambda has no failure destination for SQS sources: the redrive policy of the queue does this.',
    });
  }
}

function environment(props: RunnerProps): Record<string, string> {
  const { settings } = props;
  return {
    ...commonEnvironment(props),
    // An event of 1 MiB can be 300,000 objects: what V8 leaves uncollected of them was more than all memory, 373 MB.
    NODE_OPTIONS: '--max-semi-space-size=8',
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
    // Transactions need the permissions of the writes that they are made of.
    allow('KeepRuns', props.table.tableArn, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    ]),
    // The last three are what Lambda itself needs, under this role, to poll the queue.
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
