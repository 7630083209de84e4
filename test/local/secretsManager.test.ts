import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SecretsManagerServer, startSecretsManager } from '../../local/aws/secretsManagerServer.ts';

let server: SecretsManagerServer;
let client: SecretsManagerClient;

beforeAll(async () => {
  server = await startSecretsManager();
  client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

describe('the Secrets Manager', () => {
  it('has no value for a secret that was created without one', async () => {
    await client.send(new CreateSecretCommand({ Name: 'empty' }));
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'empty' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
  });

  it('returns the current and the previous value', async () => {
    const { ARN = '' } = await client.send(new CreateSecretCommand({ Name: 'rotated', SecretString: 'old' }));
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:rotated-[\da-f]{6}$/);
    await client.send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'new' }));
    const value = async (more: object): Promise<unknown> =>
      (await client.send(new GetSecretValueCommand({ SecretId: ARN, ...more }))).SecretString;
    expect(await value({})).toBe('new');
    expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('old');
  });

  it('describes a secret, refuses a second one of the same name, and deletes it', async () => {
    await client.send(new CreateSecretCommand({ Name: 'short-lived' }));
    const again = client.send(new CreateSecretCommand({ Name: 'short-lived' }));
    await expect(again).rejects.toMatchObject({ name: 'ResourceExistsException' });
    const described = await client.send(new DescribeSecretCommand({ SecretId: 'short-lived' }));
    expect(described.Name).toBe('short-lived');
    await client.send(new DeleteSecretCommand({ SecretId: 'short-lived', ForceDeleteWithoutRecovery: true }));
    await expect(client.send(new DescribeSecretCommand({ SecretId: 'short-lived' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
  });
});
