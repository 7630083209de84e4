import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Settings } from '../settingsSchema.ts';

/** Environment variables that both functions are given. */
export function commonEnvironment(
  { environment }: Settings,
  table: Table,
  runQueue: Queue,
): Record<string, string> {
  return {
    LEDGER_TABLE_NAME: table.tableName,
    RUN_QUEUE_URL: runQueue.queueUrl,
    // A dimension of every metric: it tells the deployments of one account apart.
    SERVICE_NAME: environment === '' ? 'mavera-triggers' : `mavera-triggers-${environment}`,
    METRICS_NAMESPACE: 'MaveraTriggers',
  };
}
