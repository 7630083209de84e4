import { resolve } from 'node:path';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { AnyLookup } from '../../functions/lookups/anyLookup.ts';
import { pullOf } from '../../functions/pulls/pullOf.ts';
import { loadTriggers } from '../../infra/bundling/loadTriggers.ts';
import type { AwsClients } from '../aws/clients.ts';
import { calledSystems, type LocalSystemOptions, localSecrets } from './systemOptions.ts';
import type { SystemResources } from './systemResources.ts';

/** Puts the values of the secrets, which in AWS CloudFormation generates or an operator sets. */
export async function putSecrets(
  { secretsmanager }: AwsClients,
  resources: SystemResources,
  options: LocalSystemOptions,
): Promise<void> {
  const put = async (SecretId: string | undefined, value: () => object): Promise<void> => {
    if (SecretId !== undefined) {
      const SecretString = JSON.stringify(value());
      await secretsmanager.send(new PutSecretValueCommand({ SecretId, SecretString }));
    }
  };
  const { sharedSecret = localSecrets.sharedSecret, bearerToken, sendgridPublicKey = '' } = options;
  const { maveraApiKey = localSecrets.maveraApiKey, segmentWriteKey = localSecrets.segmentWriteKey } =
    options;
  const { segopsWebhookSecret: webhookSecret = localSecrets.segopsWebhookSecret } = options;
  const { segmentProfiles, segmentApi, segops, sendgrid } = calledSystems(options);
  await put(resources.segmentSecretArn, () => ({ sharedSecret, bearerToken }));
  await put(resources.maveraSecretArn, () => ({ apiKey: maveraApiKey }));
  await put(resources.sendgridSecretArn, () => ({
    publicKey: sendgridPublicKey,
    addressKey: localSecrets.sendgridAddressKey,
  }));
  await put(resources.segopsSecretArn, () => ({ webhookSecret }));
  await put(resources.segmentProfilesSecretArn, () => ({
    accessTokens: Object.fromEntries(
      [segmentProfiles.space, ...spacesOf(options)].map((space) => [space, segmentProfiles.token]),
    ),
  }));
  await put(resources.segmentApiSecretArn, () => ({ token: segmentApi.token }));
  await put(resources.segopsApiSecretArn, () => ({ apiKey: segops.apiKey }));
  await put(resources.sendgridApiSecretArn, () => ({ apiKey: sendgrid.apiKey }));
  await put(resources.segmentWriteKeySecretArn, () => ({ writeKey: segmentWriteKey }));
}

/** The spaces that lookups and pulls name. */
function spacesOf({ triggersFile = resolve('triggers.ts') }: LocalSystemOptions): readonly string[] {
  const triggers = loadTriggers(triggersFile);
  const ofLookups = triggers
    .flatMap(({ with: lookups = {} }) => Object.values(lookups as Readonly<Record<string, AnyLookup>>))
    .flatMap((lookup) => (lookup.kind === 'segmentProfile' ? (lookup.space ?? []) : []));
  return [...ofLookups, ...triggers.flatMap((trigger) => pullOf(trigger)?.pull.spaces ?? [])];
}
