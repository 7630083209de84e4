import * as z from 'zod/mini';
import { headerSecret, oneOrMore } from '../../secrets/secretString.ts';

const segmentApiCredentials = z.object({ token: oneOrMore(headerSecret) });

/** Tokens of Segment's Public API; several while one is replaced, the newest first. */
export interface SegmentApiCredentials {
  readonly token: readonly string[];
}

/**
 * Reads the secret's JSON: `{"token": "…"}` or `{"token": ["new", "old"]}`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSegmentApiCredentials(secret: unknown): SegmentApiCredentials {
  return segmentApiCredentials.parse(secret);
}
