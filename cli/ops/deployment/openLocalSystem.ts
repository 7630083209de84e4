import { userInfo } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { localCredentials, region } from '../../../local/account/account.ts';
import { deployedPulls } from './deployedPulls.ts';
import type { Deployment } from './deployment.ts';
import { openLogs } from './logs.ts';
import { explainLocalError, readRunningSystem } from './readRunningSystem.ts';

/**
 * Opens the system that `npm run dev` started in a directory.
 *
 * @throws OperatorError if none is running
 */
export async function openLocalSystem(directory: string): Promise<Deployment> {
  const state = await readRunningSystem(directory);
  const settings = { region, credentials: localCredentials, maxAttempts: 2 };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: state.endpoints.dynamodb });
  const sqs = new SQSClient({ ...settings, endpoint: state.endpoints.sqs });
  const { runnerLogGroup, pullerLogGroup } = state;
  const logGroups = [runnerLogGroup, pullerLogGroup].filter((group) => group !== undefined);
  const logs =
    logGroups.length === 0 || state.endpoints.logs === undefined
      ? undefined
      : openLogs(logGroups, { ...settings, endpoint: state.endpoints.logs });
  return {
    title: 'local system',
    flags: ' --local',
    dynamodb,
    sqs,
    tableName: state.tableName,
    runQueueUrl: state.runQueueUrl,
    bulkQueueUrl: state.bulkQueueUrl,
    readyQueueUrl: state.readyQueueUrl,
    deadLetterQueueUrl: state.deadLetterQueueUrl,
    pulls: deployedPulls(state, state.pulls),
    logs,
    triggersFile: state.triggersFile,
    readCaller: async () => userInfo().username,
    explain: explainLocalError,
    close: () => {
      dynamodb.destroy();
      sqs.destroy();
      logs?.close();
    },
  };
}
