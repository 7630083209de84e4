import { region } from '../../../local/account/account.ts';

/** The receiver's default memory, with which Lambda gives it one whole CPU. */
export const memoryMb = 1_769;

/** The resources of a handler. */
export interface Resources {
  readonly tableName: string;
  readonly queueUrl: string;
  readonly secretArn: string;
}

/** The environment of both sides: the template's variables, the baseline's names for the same, and Lambda's own. */
export function handlerEnvironment(resources: Resources): Readonly<Record<string, string>> {
  const { tableName, queueUrl, secretArn } = resources;
  return {
    LEDGER_TABLE_NAME: tableName,
    RUN_QUEUE_URL: queueUrl,
    BULK_QUEUE_URL: queueUrl,
    SEGMENT_SECRET_ARN: secretArn,
    SERVICE_NAME: 'mavera-triggers',
    METRICS_NAMESPACE: 'MaveraTriggers',
    DEDUPE_WINDOW_SECONDS: '604800',
    RUN_DEADLINE_SECONDS: '345600',
    MAX_BODY_BYTES: '5242880',
    ALLOW_FIRST_EVENT_SIGNATURE: 'false',
    ACCEPT_REPLAYS: 'false',
    ROUTES: '',
    IDEMPOTENCY_TABLE_NAME: tableName,
    POWERTOOLS_SERVICE_NAME: 'mavera-triggers',
    POWERTOOLS_METRICS_NAMESPACE: 'MaveraTriggers',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: 'receiver',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  };
}

/** Resources that do not exist, for a handler that is loaded and never invoked. */
export const noResources: Resources = {
  tableName: 'nowhere',
  queueUrl: `https://sqs.${region}.amazonaws.com/000000000000/nowhere`,
  secretArn: 'nowhere',
};
