import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';

/** Options of {@link Receiver}. */
export interface ReceiverProps {
  readonly settings: Settings;
  readonly serviceName: string;
  readonly codeDirectory: string;
  /** `undefined`: every route. */
  readonly routes: readonly string[] | undefined;
  readonly table: Table;
  readonly runQueue: Queue;
  readonly bulkQueue: Queue;
  readonly segmentSecret: Secret;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** The function that Segment posts to. */
export class Receiver extends LeastPrivilegeFunction {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const { settings, removalPolicy } = props;
    super(scope, id, {
      description: 'Verifies events that Segment posts, and queues the runs that they trigger.',
      codeDirectory: props.codeDirectory,
      environment: environment(props),
      memoryMb: settings.receiverMemoryMb,
      // Segment stops waiting after 5 s. The rest is for the claims of a large batch.
      timeout: Duration.seconds(10),
      logRetentionDays: settings.logRetention,
      removalPolicy,
      statements: statements(props),
      reservedConcurrency: settings.receiverReservedConcurrency,
    });
  }
}

function environment(props: ReceiverProps): Record<string, string> {
  const { settings, routes = [] } = props;
  return {
    ...commonEnvironment(props),
    BULK_QUEUE_URL: props.bulkQueue.queueUrl,
    SEGMENT_SECRET_ARN: props.segmentSecret.secretArn,
    DEDUPE_WINDOW_SECONDS: String(settings.dedupeWindow.toSeconds()),
    RUN_DEADLINE_SECONDS: String(settings.runDeadline.toSeconds()),
    MAX_BODY_BYTES: String(settings.maxBodyBytes),
    ROUTES: routes.join(),
    ALLOW_FIRST_EVENT_SIGNATURE: String(settings.allowFirstEventSignature),
    ACCEPT_REPLAYS: String(settings.acceptReplays),
    HONOUR_DELETES: String(settings.honourDeletes),
  };
}

function statements(props: ReceiverProps): PolicyStatement[] {
  const { segmentSecret, table, runQueue, bulkQueue, encryptionKey } = props;
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
    allow('QueueBulkRuns', bulkQueue.queueArn, ['sqs:SendMessage']),
    ...allowKey(encryptionKey, ['dynamodb', 'sqs', 'secretsmanager']),
  ];
}
