import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';

/** Namespace of the functions' own metrics. */
export const metricsNamespace = 'MaveraTriggers';

/** What both functions work with. */
export interface CommonParts {
  readonly serviceName: string;
  readonly table: Table;
  readonly runQueue: Queue;
}

/** A dimension of every metric: it tells the deployments of one account apart. */
export function serviceNameOf(environmentName: string): string {
  return ['mavera-triggers', environmentName].filter((part) => part !== '').join('-');
}

/** Environment variables that both functions are given. */
export function commonEnvironment({ serviceName, table, runQueue }: CommonParts): Record<string, string> {
  return {
    LEDGER_TABLE_NAME: table.tableName,
    RUN_QUEUE_URL: runQueue.queueUrl,
    SERVICE_NAME: serviceName,
    METRICS_NAMESPACE: metricsNamespace,
  };
}
