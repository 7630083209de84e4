import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from '../template/parseProperties.ts';
import type { CreatedResource, NamedResource } from './createdResource.ts';

const secretSchema = z.strictObject({
  Description: z.string().optional(),
  GenerateSecretString: z.unknown().optional(),
  KmsKeyId: z.string().optional(),
  Name: z.string().optional(),
  Tags: z.unknown().optional(),
});

/** Creates a secret without a value: the boot of the local system puts the values. */
export async function createSecret(
  client: SecretsManagerClient,
  { logicalId, name, properties }: NamedResource,
): Promise<CreatedResource> {
  const secret = parseProperties(secretSchema, logicalId, properties);
  const secretName = secret.Name ?? name;
  const ARN = await createOrFind(client, secretName);
  if (ARN === undefined) {
    throw new LocalSystemError(`${logicalId}: Secrets Manager did not return the ARN of ${secretName}`);
  }
  return {
    ref: ARN,
    attributes: { Id: ARN },
    remove: async () => {
      await client.send(new DeleteSecretCommand({ SecretId: ARN, ForceDeleteWithoutRecovery: true }));
    },
  };
}

/** A server that is not the embedded one may still have the secret of an earlier system, with the same name. */
async function createOrFind(client: SecretsManagerClient, name: string): Promise<string | undefined> {
  try {
    return (await client.send(new CreateSecretCommand({ Name: name }))).ARN;
  } catch (error) {
    if (error instanceof ResourceExistsException) {
      return (await client.send(new DescribeSecretCommand({ SecretId: name }))).ARN;
    }
    throw error;
  }
}
