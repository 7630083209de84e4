import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { explainAwsError } from '../../ops/deployment/awsProblem.ts';
import { clientOptions } from '../../ops/deployment/clientOptions.ts';
import { defaultStack } from '../../ops/deployment/deploymentOptions.ts';
import { openLogs } from '../../ops/deployment/logs.ts';
import { readStackOutputs } from '../../ops/deployment/stackOutputs.ts';
import type { ConnectTarget } from './connectTarget.ts';
import { postReader } from './readPosts.ts';

/**
 * Opens a stack in AWS, with the credentials of the environment.
 *
 * @param region `undefined`: that of the environment or the profile
 * @param permissionsPage the page that lists the permissions of the command
 * @throws OperatorError for credentials, permissions, or a missing stack
 */
export async function openStackTarget(
  stack: string,
  region: string | undefined,
  permissionsPage: string,
): Promise<ConnectTarget> {
  const outputs = await readStackOutputs(stack, region);
  const settings = { ...clientOptions, region: outputs.region };
  const dynamodb = new DynamoDBClient(settings);
  const secretsmanager = new SecretsManagerClient(settings);
  const { receiverLogGroup } = outputs;
  const logs = receiverLogGroup === undefined ? undefined : openLogs([receiverLogGroup], settings);
  const environment = stack.startsWith(`${defaultStack}-`) ? stack.slice(defaultStack.length + 1) : '';
  return {
    title: `stack ${stack} in ${outputs.region}`,
    flags:
      (stack === defaultStack ? '' : ` --stack ${stack}`) +
      (region === undefined ? '' : ` --region ${region}`),
    segmentUrl: outputs.segmentUrl,
    segmentSecretId: outputs.segmentSecretName,
    sendgridSecretId: outputs.sendgridSecretId,
    segopsSecretId: outputs.segopsSecretId,
    maveraSecretId: outputs.maveraSecretName,
    tableName: outputs.tableName,
    dynamodb,
    secretsmanager,
    destinationName: ['mavera-triggers', environment].filter((part) => part !== '').join(' '),
    readPosts: logs === undefined ? undefined : postReader(logs),
    explain: (error) => explainAwsError(error, permissionsPage),
    close: () => {
      dynamodb.destroy();
      secretsmanager.destroy();
      logs?.close();
    },
  };
}
