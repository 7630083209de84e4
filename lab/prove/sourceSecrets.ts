import type { KeyObject } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { LocalSystem } from '../../local/system.ts';
import { newKeyPair } from '../../simulators/sendgrid/keyPair.ts';
import { LabError } from '../labError.ts';

/** What SendGrid and SegOps sign with. */
export interface SourceSecrets {
  readonly privateKey: KeyObject;
  readonly webhookSecret: string;
}

/** Gives the receiver the secrets of SendGrid and SegOps, which its triggers name both. */
export async function putSourceSecrets(system: LocalSystem): Promise<SourceSecrets> {
  const { privateKey, publicKey } = newKeyPair();
  const webhookSecret = 'proof-webhook-secret';
  const { environment = {} } =
    system.stack.functions.find(({ name }) => name === system.receiver.functionName) ?? {};
  const put = async (variable: string, value: object): Promise<void> => {
    const SecretId = environment[variable];
    if (typeof SecretId !== 'string') {
      throw new LabError(
        `The receiver has no variable ${variable}: no trigger of the proof names the source`,
      );
    }
    await system.clients.secretsmanager.send(
      new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }),
    );
  };
  await put('SENDGRID_SECRET_ARN', { publicKey, addressKey: 'proof-key-for-addresses' });
  await put('SEGOPS_SECRET_ARN', { webhookSecret });
  return { privateKey, webhookSecret };
}
