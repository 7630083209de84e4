import * as z from 'zod/mini';
import { headerSecret, oneOrMore, secretString } from '../../secrets/secretString.ts';

const noText = z.pipe(
  z.literal(''),
  z.transform((): readonly string[] => []),
);

const segmentCredentials = z.object({
  sharedSecret: oneOrMore(secretString),
  bearerToken: z._default(z.union([noText, oneOrMore(headerSecret)]), []),
});

/** The secrets that prove that a request comes from Segment; during a rotation there are several. */
export interface SegmentCredentials {
  /** The destination's Shared Secret. */
  readonly sharedSecret: readonly string[];
  /** Tokens of an `Authorization: Bearer` header that is set in the mapping; may be empty. */
  readonly bearerToken: readonly string[];
}

/**
 * Reads the secret's JSON: `{"sharedSecret": "…"}` or `{"sharedSecret": ["new", "old"], "bearerToken": "…"}`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSegmentCredentials(secret: unknown): SegmentCredentials {
  return segmentCredentials.parse(secret);
}
