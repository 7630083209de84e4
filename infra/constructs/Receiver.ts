import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { SourceName } from '../../functions/sources/source.ts';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { commonEnvironment } from './commonEnvironment.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';
import { sourceSecrets } from './secrets/sourceSecrets.ts';

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
  /** The ARN of the secret of each open source. */
  readonly secretArns: Readonly<Partial<Record<SourceName, string>>>;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/** The function that Segment and the other sources post to. */
export class Receiver extends LeastPrivilegeFunction {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const { settings, removalPolicy } = props;
    super(scope, id, {
      description: 'Verifies events that are posted, and queues the runs that they trigger.',
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
    ...Object.fromEntries(secretsOf(props).map(({ variable, arn }) => [variable, arn])),
    ...(props.secretArns.sendgrid === undefined
      ? {}
      : { SENDGRID_USER_ID_ARGUMENT: settings.sendgridUserIdArgument }),
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
  const { table, runQueue, bulkQueue, encryptionKey } = props;
  return [
    ...secretsOf(props).map(({ id, arn }) =>
      allow(`Read${id}Secret`, arn, ['secretsmanager:GetSecretValue']),
    ),
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

function secretsOf({ secretArns }: ReceiverProps): { id: string; variable: string; arn: string }[] {
  return Object.entries(secretArns).map(([source, arn]) => {
    const { id, variable } = sourceSecrets[source as SourceName];
    return { id, variable, arn };
  });
}
