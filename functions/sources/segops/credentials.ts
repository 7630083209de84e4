import * as z from 'zod/mini';
import { oneOrMore, secretString } from '../../secrets/secretString.ts';

const segopsCredentials = z.object({ webhookSecret: oneOrMore(secretString) });

/** The secrets that prove that a request comes from SegOps; during a rotation there are several. */
export interface SegOpsCredentials {
  readonly webhookSecret: readonly string[];
}

/**
 * Reads the secret's JSON: `{"webhookSecret": "…"}` or `{"webhookSecret": ["new", "old"]}`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSegOpsCredentials(secret: unknown): SegOpsCredentials {
  return segopsCredentials.parse(secret);
}
