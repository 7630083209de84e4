import type { SegmentCredentials } from '../../../../functions/sources/segment/credentials.ts';
import { authenticateSegment, segmentSignature } from '../../../../functions/sources/segment/source.ts';
import type { Authentication, Refusal } from '../../../../functions/sources/source.ts';

/** The secrets of these tests; no refusal may repeat one of them. */
export const secret = 'shared-secret';
export const token = 'mapping-token-1';

/** A request as it came in, and the receiver's settings where they differ from the defaults. */
export interface Attempt {
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: Partial<SegmentCredentials>;
  readonly allowFirstEventSignature?: boolean;
}

/** Authenticates a request with one shared secret and no bearer token, unless told otherwise. */
export function authenticate(attempt: Attempt): Authentication {
  const { body, headers = {}, credentials = {}, allowFirstEventSignature = false } = attempt;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  return authenticateSegment(
    { headers, body: bytes },
    { sharedSecret: [secret], bearerToken: [], ...credentials },
    { allowFirstEventSignature },
  );
}

/** The elements of a request that must be accepted. */
export function accepted(attempt: Attempt): readonly unknown[] {
  const authentication = authenticate(attempt);
  if (!authentication.ok) {
    throw new Error(`refused: ${authentication.refusal.detail}`);
  }
  return authentication.elements;
}

/** The refusal of a request that must not be accepted. */
export function refused(attempt: Attempt): Refusal {
  const authentication = authenticate(attempt);
  if (authentication.ok) {
    throw new Error('the request was accepted');
  }
  return authentication.refusal;
}

/** `X-Signature` over this text. */
export function legacy(signed: string | Uint8Array, key: string = secret): Record<string, string> {
  return { 'x-signature': segmentSignature(signed, key) };
}

/** `X-Segment-Signature` over this text. */
export function whole(signed: string | Uint8Array, key: string = secret): Record<string, string> {
  return { 'x-segment-signature': segmentSignature(signed, key) };
}

/** The header that a mapping can be given. */
export function bearer(given: string = token): Record<string, string> {
  return { authorization: `Bearer ${given}` };
}
