import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { localCredentials, region } from '../../../local/account/account.ts';
import { explainLocalError, readRunningSystem } from '../../ops/deployment/readRunningSystem.ts';
import type { ConnectTarget } from './connectTarget.ts';

/**
 * Opens the system that `npm run dev` started in a directory.
 *
 * @throws OperatorError if none is running
 */
export async function openLocalTarget(directory: string): Promise<ConnectTarget> {
  const state = await readRunningSystem(directory);
  const settings = { region, credentials: localCredentials, maxAttempts: 2 };
  const dynamodb = new DynamoDBClient({ ...settings, endpoint: state.endpoints.dynamodb });
  const secretsmanager = new SecretsManagerClient({ ...settings, endpoint: state.endpoints.secretsmanager });
  return {
    title: 'the local system',
    flags: ' --local',
    segmentUrl: state.segmentUrl,
    segmentSecretId: state.segmentSecretArn,
    tableName: state.tableName,
    dynamodb,
    secretsmanager,
    destinationName: 'mavera-triggers local',
    workspace: state.workspace,
    triggersFile: state.triggersFile,
    explain: explainLocalError,
    close: () => {
      dynamodb.destroy();
      secretsmanager.destroy();
    },
  };
}
