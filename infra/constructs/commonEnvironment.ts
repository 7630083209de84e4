import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Namespace of the functions' own metrics. */
export const metricsNamespace = 'MaveraTriggers';

/** What receiver, runner and dispatcher use. */
export interface CommonParts {
  readonly serviceName: string;
  readonly table: Table;
  readonly runQueue: Queue;
}

/** The value of the metrics' dimension `service`: it separates the deployments of one account. */
export function serviceNameOf(environmentName: string): string {
  return ['mavera-triggers', environmentName].filter((part) => part !== '').join('-');
}

/** Environment variables of receiver, runner and dispatcher. */
export function commonEnvironment({ serviceName, table, runQueue }: CommonParts): Record<string, string> {
  return {
    LEDGER_TABLE_NAME: table.tableName,
    RUN_QUEUE_URL: runQueue.queueUrl,
    SERVICE_NAME: serviceName,
    METRICS_NAMESPACE: metricsNamespace,
  };
}
