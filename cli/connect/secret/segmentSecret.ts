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

/** What Segment signs with, and whatever else operators keep beside it. */
export interface SegmentSecret {
  readonly credentials: SegmentCredentials;
  /** The whole JSON, to be written back with a change. */
  readonly members: Readonly<Record<string, unknown>>;
  /** When it was last changed, in epoch milliseconds: some receivers may not know it yet. */
  readonly changedAtMs: number;
}

/** @throws ConnectError when it is not of its shape; what is in it is never named */
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
      `The secret ${segmentSecretId} is not of the shape {"sharedSecret": "…", "bearerToken": "…"}: mend it in Secrets Manager.`,
    );
  }
}

/** Writes it back, with members changed; those of `undefined` are taken out. */
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
