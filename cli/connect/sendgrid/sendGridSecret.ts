import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { secretString } from '../../../functions/secrets/secretString.ts';
import { parseSendGridCredentials } from '../../../functions/sources/sendgrid/credentials.ts';
import { ConnectError } from '../connectError.ts';
import { newSecretText } from '../secret/segmentSecret.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';

const memberSchema = z.record(z.string(), z.unknown());
/** A key that serves to check the other member. */
const anyAddressKey = '0123456789abcdef';
const armour = /-----[A-Z ]+-----|\s/g;

/** The secret with SendGrid's public keys. */
export interface SendGridSecret {
  /** The public keys that the receiver accepts, newest first; without what cannot be read as one. */
  readonly publicKeys: readonly string[];
  /** Whether there is a key for the hash of addresses. */
  readonly hasAddressKey: boolean;
  /** The whole JSON, to write it back with a change. */
  readonly members: Readonly<Record<string, unknown>>;
}

type SecretStore = Pick<ConnectTarget, 'secretsmanager'>;

/** Reads the secret. Until somebody has connected SendGrid, it has no public key. @throws ConnectError */
export async function readSendGridSecret(
  { secretsmanager }: SecretStore,
  secretId: string,
): Promise<SendGridSecret> {
  const { SecretString = '' } = await secretsmanager.send(new GetSecretValueCommand({ SecretId: secretId }));
  const members = memberSchema.safeParse(parsed(SecretString)).data;
  if (members === undefined) {
    throw new ConnectError(
      `The secret ${secretId} is not a JSON object such as {"publicKey": "…", "addressKey": "…"}: correct it in Secrets Manager.`,
    );
  }
  return secretOf(members);
}

/** Writes the public keys, and an address key if there is none. Other members stay. */
export async function writeSendGridSecret(
  { secretsmanager }: SecretStore,
  secretId: string,
  { members, hasAddressKey }: SendGridSecret,
  publicKeys: readonly string[],
  changes: Readonly<Record<string, unknown>> = {},
): Promise<SendGridSecret> {
  const changed = JSON.parse(
    JSON.stringify({
      ...members,
      ...(hasAddressKey ? {} : { addressKey: newSecretText() }),
      publicKey: publicKeys.length === 1 ? publicKeys[0] : publicKeys,
      ...changes,
    }),
  ) as Record<string, unknown>;
  await secretsmanager.send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(changed) }),
  );
  return secretOf(changed);
}

/** Whether two public keys are the same, with or without armour. */
export function isSameKey(one: string, other: string): boolean {
  return one.replace(armour, '') === other.replace(armour, '');
}

function secretOf(members: Readonly<Record<string, unknown>>): SendGridSecret {
  const publicKeys = [members.publicKey].flat().filter((key) => typeof key === 'string');
  return {
    publicKeys: publicKeys.filter((key) => isReadable({ publicKey: key, addressKey: anyAddressKey })),
    hasAddressKey: isAddressKey(members.addressKey),
    members,
  };
}

/** The receiver reads a secret as a whole, so this key is checked apart from the public keys. */
function isAddressKey(addressKey: unknown): boolean {
  const { data } = secretString.safeParse(addressKey);
  return data !== undefined && data.length >= anyAddressKey.length;
}

function isReadable(secret: object): boolean {
  try {
    parseSendGridCredentials(secret);
    return true;
  } catch {
    return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
