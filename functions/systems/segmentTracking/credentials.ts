import * as z from 'zod/mini';
import { headerSecret, oneOrMore } from '../../secrets/secretString.ts';

const segmentTrackingCredentials = z.object({ writeKey: oneOrMore(headerSecret) });

/** Write keys of the Segment source that results are reported to; several while one is replaced, the newest first. */
export interface SegmentTrackingCredentials {
  readonly writeKey: readonly string[];
}

/**
 * Reads the secret's JSON: `{"writeKey": "…"}` or `{"writeKey": ["new", "old"]}`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSegmentTrackingCredentials(secret: unknown): SegmentTrackingCredentials {
  return segmentTrackingCredentials.parse(secret);
}
