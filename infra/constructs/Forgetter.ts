import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { runsByDay } from '../../functions/ledger/runsByDay.ts';
import type { Settings } from '../settings/settings.ts';
import { allow } from './allow.ts';
import { allowKey } from './allowKey.ts';
import { metricsNamespace } from './commonEnvironment.ts';
import { LeastPrivilegeFunction } from './LeastPrivilegeFunction.ts';

/** Options of {@link Forgetter}. */
export interface ForgetterProps {
  readonly settings: Settings;
  readonly serviceName: string;
  readonly codeDirectory: string;
  readonly table: Table;
  readonly encryptionKey: IKey | undefined;
  readonly removalPolicy: RemovalPolicy;
}

const noDeadLetters =
  'Lambda tries a failed invocation twice more. The requests stay in the ledger for the next day, and an alarm goes off.';

/** The function that works off the requests to forget users, once a day. */
export class Forgetter extends LeastPrivilegeFunction {
  constructor(scope: Construct, id: string, props: ForgetterProps) {
    const { settings, serviceName, table, removalPolicy } = props;
    super(scope, id, {
      description: "Removes the data of users for whom Segment has sent a 'delete' event, once a day.",
      codeDirectory: props.codeDirectory,
      environment: {
        LEDGER_TABLE_NAME: table.tableName,
        SERVICE_NAME: serviceName,
        METRICS_NAMESPACE: metricsNamespace,
      },
      // One whole CPU: a page of 1 MB is parsed for each megabyte of the table.
      memoryMb: 1_769,
      // The longest that Lambda has.
      timeout: Duration.minutes(15),
      logRetentionDays: settings.logRetention,
      removalPolicy,
      statements: statements(props),
      noDeadLetters,
    });
    const schedule = new Rule(this, 'Schedule', {
      description: 'Starts the forgetter once a day.',
      schedule: Schedule.cron({ hour: '3', minute: '17' }),
      // The cast is for TypeScript's exactOptionalPropertyTypes.
      targets: [new LambdaFunction(this.live as IFunction)],
    });
    Validations.of(schedule).acknowledge({ id: 'Serverless-EventBusDLQ', reason: noDeadLetters });
  }
}

function statements({ table, encryptionKey }: ForgetterProps): PolicyStatement[] {
  return [
    allow('FindRequests', `${table.tableArn}/index/${runsByDay.indexName}`, ['dynamodb:Query']),
    allow('ForgetUsers', table.tableArn, [
      'dynamodb:Scan',
      'dynamodb:BatchGetItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
    ]),
    ...allowKey(encryptionKey, ['dynamodb']),
  ];
}
