import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { localCredentials, region } from '../../../local/account/account.ts';
import { localSendGridKey } from '../../../simulators/sendgrid/sendGridSimulator.ts';
import { openLogs } from '../../ops/deployment/logs.ts';
import { explainLocalError, readRunningSystem } from '../../ops/deployment/readRunningSystem.ts';
import type { ConnectTarget } from './connectTarget.ts';
import { postReader } from './readPosts.ts';

/**
 * Opens the system that `npm run dev` started in a directory.
 *
 * @throws OperatorError if none is running
 */
export async function openLocalTarget(directory: string): Promise<ConnectTarget> {
  const state = await readRunningSystem(directory);
  const { endpoints, receiverLogGroup, sendgridApi } = state;
  const settings = { region, credentials: localCredentials, maxAttempts: 2 };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: endpoints.dynamodb });
  const secretsmanager = new SecretsManagerClient({ ...settings, endpoint: endpoints.secretsmanager });
  const logs =
    endpoints.logs === undefined || receiverLogGroup === undefined
      ? undefined
      : openLogs([receiverLogGroup], { ...settings, endpoint: endpoints.logs });
  return {
    title: 'the local system',
    flags: ' --local',
    segmentUrl: state.segmentUrl,
    segmentSecretId: state.segmentSecretArn,
    sendgridSecretId: state.sendgridSecretArn,
    segopsSecretId: state.segopsSecretArn,
    maveraSecretId: state.maveraSecretArn,
    maveraApi: state.maveraApi,
    tableName: state.tableName,
    dynamodb,
    secretsmanager,
    destinationName: 'mavera-triggers local',
    workspace: state.workspace,
    sendgridApi: sendgridApi === undefined ? undefined : { ...sendgridApi, apiKey: localSendGridKey },
    triggersFile: state.triggersFile,
    readPosts: logs === undefined ? undefined : postReader(logs),
    explain: explainLocalError,
    close: () => {
      dynamodb.destroy();
      secretsmanager.destroy();
      logs?.close();
    },
  };
}
