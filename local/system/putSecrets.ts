import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { AwsClients } from '../aws/clients.ts';
import { type LocalSystemOptions, localSecrets } from './systemOptions.ts';
import type { SystemResources } from './systemResources.ts';

/** Puts the values of the secrets, which in AWS CloudFormation generates or an operator sets. */
export async function putSecrets(
  { secretsmanager }: AwsClients,
  { segmentSecretArn, maveraSecretArn }: SystemResources,
  options: LocalSystemOptions,
): Promise<void> {
  const { sharedSecret = localSecrets.sharedSecret, bearerToken } = options;
  const { maveraApiKey = localSecrets.maveraApiKey, segmentWriteKey = localSecrets.segmentWriteKey } =
    options;
  const values = [
    [segmentSecretArn, { sharedSecret, bearerToken }],
    [maveraSecretArn, { apiKey: maveraApiKey, segmentWriteKey }],
  ] as const;
  for (const [SecretId, value] of values) {
    await secretsmanager.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }));
  }
}
