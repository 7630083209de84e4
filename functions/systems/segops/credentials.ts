import * as z from 'zod/mini';
import { headerSecret, oneOrMore } from '../../secrets/secretString.ts';

const segOpsApiCredentials = z.object({ apiKey: oneOrMore(headerSecret) });

/** Secret keys of SegOps, `sk_…`; several while one is replaced, the newest first. */
export interface SegOpsApiCredentials {
  readonly apiKey: readonly string[];
}

/**
 * Reads the secret's JSON: `{"apiKey": "sk_…"}` or `{"apiKey": ["new", "old"]}`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSegOpsApiCredentials(secret: unknown): SegOpsApiCredentials {
  return segOpsApiCredentials.parse(secret);
}
