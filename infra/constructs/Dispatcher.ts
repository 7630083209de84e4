import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { EventInvokeConfig, type IFunction, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { parkedIndex } from '../../functions/ledger/parkedIndex.ts';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { DispatchQueue } from './DispatchQueue.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';
import { mapQueue } from './mapQueue.ts';

/** Options of {@link Dispatcher}. */
export interface DispatcherProps {
  readonly settings: Settings;
  readonly serviceName: string;
  readonly codeDirectory: string;
  readonly table: Table;
  readonly runQueue: Queue;
  readonly readyQueue: Queue;
  readonly maveraSecretArn: string;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** Memory of the dispatcher in MB. */
export const dispatcherMemoryMb = 512;

const timeout = Duration.seconds(60);
/** While runs are parked, the dispatcher starts itself again after this time. */
const dispatchEvery = Duration.seconds(15);
/** The schedule comes each minute, so an older start has been made up for. */
const maxEventAge = Duration.seconds(60);
/** The smallest limit of a mapping. A second dispatcher at the same time finds the lease taken, and ends. */
const maxConcurrency = 2;

const noDeadLetters =
  'A start of the dispatcher holds nothing. If one is lost, the next comes within a minute, and an alarm goes off after five.';

/** The function that gives parked runs their slots. A schedule starts it each minute; then it starts itself. */
export class Dispatcher extends LeastPrivilegeFunction {
  readonly queue: DispatchQueue;
  readonly schedule: Rule;

  constructor(scope: Construct, id: string, props: DispatcherProps) {
    const { settings, removalPolicy, encryptionKey } = props;
    const queue = new DispatchQueue(scope, 'DispatchQueue', { dispatcherTimeout: timeout, encryptionKey });
    super(scope, id, {
      description: 'Gives parked runs their slots of the rate limit, in fair order.',
      codeDirectory: props.codeDirectory,
      environment: environment(props, queue),
      memoryMb: dispatcherMemoryMb,
      timeout,
      logRetentionDays: settings.logRetention,
      removalPolicy,
      statements: statements(props, queue),
      // It sends itself a message as long as runs are parked. Lambda would stop that after about 16 rounds.
      recursiveLoop: RecursiveLoop.ALLOW,
      noDeadLetters,
    });
    this.queue = queue;
    mapQueue(this, 'DispatchQueueMapping', { target: this.live, queue, batchSize: 1, maxConcurrency });
    this.#limitStarts();
    this.schedule = this.#startEachMinute();
  }

  /** Without this, Lambda would keep the starts of an outage for six hours, and try each of them three times. */
  #limitStarts(): void {
    const starts = new EventInvokeConfig(this, 'Starts', {
      // The cast is for TypeScript's exactOptionalPropertyTypes.
      function: this.function as IFunction,
      qualifier: this.live.aliasName,
      retryAttempts: 0,
      maxEventAge,
    });
    // It names the alias, and does not refer to it.
    starts.node.addDependency(this.live);
    Validations.of(starts).acknowledge({
      id: 'Serverless-LambdaAsyncFailureDestination',
      reason: noDeadLetters,
    });
  }

  #startEachMinute(): Rule {
    const schedule = new Rule(this, 'Schedule', {
      description: 'Starts the dispatcher each minute.',
      schedule: Schedule.rate(Duration.minutes(1)),
      // The cast is for TypeScript's exactOptionalPropertyTypes.
      targets: [new LambdaFunction(this.live as IFunction, { retryAttempts: 0, maxEventAge })],
    });
    Validations.of(schedule).acknowledge({ id: 'Serverless-EventBusDLQ', reason: noDeadLetters });
    return schedule;
  }
}

function environment(props: DispatcherProps, queue: DispatchQueue): Record<string, string> {
  const { settings } = props;
  return {
    ...commonEnvironment(props),
    READY_QUEUE_URL: props.readyQueue.queueUrl,
    DISPATCH_QUEUE_URL: queue.queueUrl,
    MAVERA_SECRET_ARN: props.maveraSecretArn,
    MAVERA_REQUESTS_PER_MINUTE: String(settings.maveraRequestsPerMinute),
    MAVERA_TIMEOUT_SECONDS: String(settings.maveraTimeout.toSeconds()),
    BUDGET_CREDITS: String(settings.budgetCredits),
    BUDGET_PERIOD: settings.budgetPeriod,
    DISPATCH_EVERY_SECONDS: String(dispatchEvery.toSeconds()),
    RUN_RETENTION_SECONDS: String(settings.runRetention.toSeconds()),
  };
}

function statements(props: DispatcherProps, queue: DispatchQueue): PolicyStatement[] {
  const { table } = props;
  return [
    allow('ReadMaveraSecret', props.maveraSecretArn, ['secretsmanager:GetSecretValue']),
    allow('FindParkedRuns', `${table.tableArn}/index/${parkedIndex.indexName}`, ['dynamodb:Query']),
    allow('DispatchParkedRuns', table.tableArn, [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    ]),
    allow('SendReadyRuns', props.readyQueue.queueArn, ['sqs:SendMessage']),
    // Lambda needs the last three, under this role, to poll the queue.
    allow('StartItself', queue.queueArn, [
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
    ]),
    ...allowKey(props.encryptionKey, ['dynamodb', 'sqs', 'secretsmanager']),
  ];
}
