import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  knownAtMs,
  readSegOpsSecret,
  type SecretStore,
  startRotation,
} from '../../../../cli/connect/segops/segOpsSecret.ts';
import { parseSegOpsCredentials } from '../../../../functions/sources/segops/credentials.ts';
import { localCredentials, region } from '../../../../local/account/account.ts';
import { startSecretsManager } from '../../../../local/aws/secretsManagerServer.ts';

const startMs = Date.parse('2026-11-29T12:00:00Z');

async function useStore(text: string): Promise<SecretStore> {
  const server = await startSecretsManager();
  const secretsmanager = new SecretsManagerClient({
    region,
    credentials: localCredentials,
    endpoint: server.endpoint,
  });
  onTestFinished(async () => {
    secretsmanager.destroy();
    await server.stop();
  });
  const { ARN: secretId = '' } = await secretsmanager.send(
    new CreateSecretCommand({ Name: 'segops', SecretString: text }),
  );
  return { secretsmanager, secretId };
}

describe('the secret of SegOps', () => {
  it('gets a new value before the old one, once, and the receiver accepts both', async () => {
    const store = await useStore('{"webhookSecret":"old","shownAt":"2026-01-01T00:00:00.000Z"}');
    const started = await startRotation(store, await readSegOpsSecret(store), startMs);
    expect(started.values).toEqual([expect.stringMatching(/^[A-Za-z0-9]{48}$/), 'old']);
    expect(started.isShown).toBe(false);
    expect(knownAtMs(started) - startMs).toBe(75_000);
    const again = await startRotation(store, await readSegOpsSecret(store), startMs + 60_000);
    expect(again).toEqual(started);
    expect(parseSegOpsCredentials(again.members).webhookSecret).toEqual(started.values);
  });

  it.each(['', 'a text', '["a", "list"]'])(
    'must be a JSON object, not %j, and no message has its value',
    async (text) => {
      const store = await useStore(text === '' ? ' ' : text);
      const problem = await readSegOpsSecret(store).catch((error: Error) => error.message);
      expect(problem).toMatch(/is not a JSON object such as/);
      expect(problem).not.toContain('a text');
    },
  );
});
