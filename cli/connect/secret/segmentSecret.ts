import { randomInt } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import {
  parseSegmentCredentials,
  type SegmentCredentials,
} from '../../../functions/sources/segment/credentials.ts';
import { ConnectError } from '../connectError.ts';
import type { ConnectTarget } from '../target/connectTarget.ts';

const memberSchema = z.record(z.string(), z.unknown());

/** The secret that Segment signs with, and what else operators keep in it. */
export interface SegmentSecret {
  readonly credentials: SegmentCredentials;
  /** The whole JSON, to write it back with a change. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Last change, in epoch milliseconds: some receivers may not know a recent one. */
  readonly changedAtMs: number;
}

/** Reads the secret. @throws ConnectError if it has another shape; the message names no value */
export async function readSegmentSecret({
  secretsmanager,
  segmentSecretId,
}: ConnectTarget): Promise<SegmentSecret> {
  const { SecretString = '', CreatedDate } = await secretsmanager.send(
    new GetSecretValueCommand({ SecretId: segmentSecretId }),
  );
  try {
    const members = memberSchema.parse(JSON.parse(SecretString));
    const changedAtMs = CreatedDate?.getTime() ?? 0;
    return { credentials: parseSegmentCredentials(members), members, changedAtMs };
  } catch {
    throw new ConnectError(
      `The secret ${segmentSecretId} does not have the shape {"sharedSecret": "…", "bearerToken": "…"}: correct it in Secrets Manager.`,
    );
  }
}

/** Writes the secret back with changed members; `undefined` removes a member. */
export async function writeSegmentSecret(
  { secretsmanager, segmentSecretId }: ConnectTarget,
  secret: SegmentSecret,
  changes: Readonly<Record<string, unknown>>,
): Promise<SegmentSecret> {
  const members = JSON.parse(JSON.stringify({ ...secret.members, ...changes })) as Record<string, unknown>;
  await secretsmanager.send(
    new PutSecretValueCommand({ SecretId: segmentSecretId, SecretString: JSON.stringify(members) }),
  );
  return { credentials: parseSegmentCredentials(members), members, changedAtMs: Date.now() };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const secretLength = 48;

/** 48 letters and digits, which survive any form, header and shell: 285 bits. */
export function newSecretText(): string {
  return Array.from({ length: secretLength }, () => letters[randomInt(letters.length)]).join('');
}
