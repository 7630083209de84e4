import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs the whole request body; sent when "Use X-Segment-Signature Header" is on at the destination. */
export const wholeBodyHeader = 'x-segment-signature';
/** Signs a single event, or no more than the first event of a batch. */
export const legacyHeader = 'x-signature';

const hexSha1 = /^[0-9a-f]{40}$/i;

/**
 * Segment's signature: HMAC-SHA1 with the shared secret as key, 40 lower-case hex characters.
 *
 * Source: `destinations/webhook/index.ts` of segmentio/action-destinations.
 *
 * @param signed what Segment signs: `JSON.stringify` of what it sends (or of the first event of a batch)
 * @example segmentSignature('{"type":"track"}', 'secret') // vectors: test/unit/sources/segment/signature.test.ts
 */
export function segmentSignature(signed: string | Uint8Array, secret: string): string {
  return createHmac('sha1', secret).update(signed).digest('hex');
}

/** Whether a header has the form of a signature; two comma-joined headers, for instance, have not. */
export function isSignature(header: string): boolean {
  return hexSha1.test(header);
}

/**
 * Compares a signature with the one that each secret gives, in constant time.
 * Every secret is tried even after one has matched, so that the time does not tell which one it was.
 *
 * @param signature must satisfy {@link isSignature}
 */
export function isSignedWith(
  signed: string | Uint8Array,
  signature: string,
  secrets: readonly string[],
): boolean {
  const given = Buffer.from(signature.toLowerCase(), 'ascii');
  let matched = false;
  for (const secret of secrets) {
    const expected = Buffer.from(segmentSignature(signed, secret), 'ascii');
    matched = timingSafeEqual(given, expected) || matched;
  }
  return matched;
}
