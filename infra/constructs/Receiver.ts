import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../settingsSchema.ts';
import { allow } from './allow.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { dataRemovalPolicy } from './dataRemovalPolicy.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';

/** Options of {@link Receiver}. */
export interface ReceiverProps {
  readonly settings: Settings;
  readonly codeDirectory: string;
  readonly table: Table;
  readonly runQueue: Queue;
  readonly segmentSecret: Secret;
}

/** The function that Segment posts to, and its public URL. */
export class Receiver extends LeastPrivilegeFunction {
  /** Where Segment posts to; a route may follow as one more path segment. */
  readonly segmentUrl: string;

  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const { settings } = props;
    super(scope, id, {
      description: 'Verifies events that Segment posts, and queues the runs that they trigger.',
      codeDirectory: props.codeDirectory,
      environment: environment(props),
      memoryMb: settings.receiverMemoryMb,
      // Segment hangs up after 5 s; the rest is for the claims of a large batch.
      timeout: Duration.seconds(10),
      logRetentionDays: settings.logRetentionDays,
      removalPolicy: dataRemovalPolicy(settings),
      statements: statements(props),
    });
    const url = this.function.addFunctionUrl({
      // Public: Segment cannot sign as an AWS caller does. The lock is Segment's signature, which the function
      // verifies before it does anything else.
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.BUFFERED,
    });
    this.segmentUrl = `${url.url}segment`;
  }
}

function environment(props: ReceiverProps): Record<string, string> {
  const { settings } = props;
  return {
    ...commonEnvironment(settings, props.table, props.runQueue),
    // V8 lets its young generation grow to several times what a batch of 4,000 events needs.
    NODE_OPTIONS: '--max-semi-space-size=8',
    SEGMENT_SECRET_ARN: props.segmentSecret.secretArn,
    CLAIM_LIFETIME_SECONDS: String(settings.claimLifetimeDays * 86_400),
    RUN_DEADLINE_SECONDS: String(settings.runDeadlineHours * 3_600),
    MAX_BODY_BYTES: String(settings.maxBodyBytes),
    ROUTES: settings.routes,
    ALLOW_FIRST_EVENT_SIGNATURE: String(settings.allowFirstEventSignature),
    ACCEPT_REPLAYS: String(settings.acceptReplays),
  };
}

function statements({ segmentSecret, table, runQueue }: ReceiverProps): PolicyStatement[] {
  return [
    allow('ReadSegmentSecret', segmentSecret.secretArn, ['secretsmanager:GetSecretValue']),
    allow('KeepClaims', table.tableArn, [
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:PartiQLDelete',
    ]),
    allow('QueueRuns', runQueue.queueArn, ['sqs:SendMessage']),
  ];
}
