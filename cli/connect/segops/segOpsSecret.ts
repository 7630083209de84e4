import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { parseSegOpsCredentials } from '../../../functions/sources/segops/credentials.ts';
import { ConnectError } from '../connectError.ts';
import { receiversKnowAfterMs } from '../rotate/rotation.ts';
import { newSecretText } from '../secret/segmentSecret.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';

const memberSchema = z.record(z.string(), z.unknown());

/** The secret that SegOps signs with. */
export interface SegOpsSecret {
  /** The valid values, newest first; an empty list if none can be used. */
  readonly values: readonly string[];
  /** Whether a command has shown the newest value, to be pasted into SegOps. */
  readonly isShown: boolean;
  /** When the newest value was put before the others, in epoch milliseconds; `undefined`: no rotation is under way. */
  readonly rotatingSinceMs: number | undefined;
  /** The whole JSON, to write it back with a change. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Where the secret is. */
export type SecretStore = Pick<ConnectTarget, 'secretsmanager'> & { readonly secretId: string };

/** Reads the secret. @throws ConnectError if it is not a JSON object; the message names no value */
export async function readSegOpsSecret({ secretsmanager, secretId }: SecretStore): Promise<SegOpsSecret> {
  const { SecretString = '' } = await secretsmanager.send(new GetSecretValueCommand({ SecretId: secretId }));
  const members = memberSchema.safeParse(parsed(SecretString)).data;
  if (members === undefined) {
    throw new ConnectError(
      `The secret ${secretId} is not a JSON object such as {"webhookSecret": "…"}: correct it in Secrets Manager.`,
    );
  }
  return secretOf(members);
}

/** Makes a first value if there is none. */
export async function withValue(store: SecretStore, secret: SegOpsSecret): Promise<SegOpsSecret> {
  return secret.values.length > 0 ? secret : await write(store, secret, { webhookSecret: newSecretText() });
}

/** Notes that the newest value was shown. */
export async function noteShown(store: SecretStore, secret: SegOpsSecret, nowMs: number): Promise<void> {
  await write(store, secret, { shownAt: new Date(nowMs).toISOString() });
}

/** Puts a new value before the old one; both are valid then. A rotation that is under way stays as it is. */
export async function startRotation(
  store: SecretStore,
  secret: SegOpsSecret,
  nowMs: number,
): Promise<SegOpsSecret> {
  return secret.rotatingSinceMs === undefined
    ? await write(store, secret, {
        webhookSecret: [newSecretText(), ...secret.values],
        rotation: { startedAt: new Date(nowMs).toISOString() },
        shownAt: undefined,
      })
    : secret;
}

/** When every receiver knows the newest value: until then, a post that is signed with it could be refused. */
export function knownAtMs({ rotatingSinceMs }: SegOpsSecret): number {
  return (rotatingSinceMs ?? Number.NEGATIVE_INFINITY) + receiversKnowAfterMs;
}

/** Removes all values but the newest. @throws ConnectError without a rotation, or before the newest value was shown */
export async function finishRotation(store: SecretStore, secret: SegOpsSecret): Promise<void> {
  if (secret.rotatingSinceMs === undefined) {
    throw new ConnectError('No rotation is under way: start one with segops rotate.');
  }
  if (!secret.isShown) {
    throw new ConnectError(
      'SegOps cannot have the new secret yet, because it was not shown: run segops rotate again, and paste it there.',
    );
  }
  await write(store, secret, { webhookSecret: secret.values[0], rotation: undefined });
}

async function write(
  { secretsmanager, secretId }: SecretStore,
  { members }: SegOpsSecret,
  changes: Readonly<Record<string, unknown>>,
): Promise<SegOpsSecret> {
  const changed = JSON.parse(JSON.stringify({ ...members, ...changes })) as Record<string, unknown>;
  await secretsmanager.send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(changed) }),
  );
  return secretOf(changed);
}

const rotationSchema = z.object({ startedAt: z.iso.datetime() });

function secretOf(members: Readonly<Record<string, unknown>>): SegOpsSecret {
  const startedAt = rotationSchema.safeParse(members.rotation).data?.startedAt;
  return {
    values: valuesOf(members),
    isShown: typeof members.shownAt === 'string',
    rotatingSinceMs: startedAt === undefined ? undefined : Date.parse(startedAt),
    members,
  };
}

function valuesOf(members: object): readonly string[] {
  try {
    return parseSegOpsCredentials(members).webhookSecret;
  } catch {
    return [];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
