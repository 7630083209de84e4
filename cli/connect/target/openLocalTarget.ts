import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { localCredentials } from '../../../local/aws/credentials.ts';
import { readLocalState } from '../../../local/dev/localState.ts';
import { region } from '../../../local/template/pseudoParameters.ts';
import { codeOf } from '../../ops/deployment/awsProblem.ts';
import { ConnectError } from '../connectError.ts';
import type { ConnectTarget } from './connectTarget.ts';

const notRunning = 'No local system is running here: start it with `npm run dev`, in this directory.';

/**
 * The system that `npm run dev` has started in a directory.
 *
 * @throws ConnectError when there is none
 */
export async function openLocalTarget(directory: string): Promise<ConnectTarget> {
  const state = await readLocalState(directory);
  if (state === undefined) {
    throw new ConnectError(notRunning);
  }
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
    explain: (error) =>
      error instanceof Error && ['ECONNREFUSED', 'ECONNRESET'].includes(codeOf(error))
        ? notRunning
        : undefined,
    close: () => {
      dynamodb.destroy();
      secretsmanager.destroy();
    },
  };
}
