import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseElements, textOf } from '../../schema/untrustedJson.ts';
import type { Authentication, SourceRequest } from '../source.ts';
import type { SegOpsCredentials } from './credentials.ts';
import { emptyBody, malformedSignature, notSigned, unreadable, wrongSignature } from './refusals.ts';

/** Sent only if the webhook has a secret. */
export const signatureHeader = 'x-segops-signature';
const signatureForm = /^sha256=([0-9a-f]{64})$/i;

/**
 * Decides whether a request comes from SegOps: `sha256=` and HMAC-SHA256 over the raw body, with any of the secrets. There
 * is no timestamp in it, so that a replay is found by the event's message id and its age.
 *
 * Source: SegOps documentation, "Webhooks".
 */
export function authenticateSegOps(
  { body, headers }: SourceRequest,
  { webhookSecret }: SegOpsCredentials,
): Authentication {
  const header = headers[signatureHeader];
  if (body.length === 0) {
    return emptyBody;
  }
  if (header === undefined) {
    return notSigned;
  }
  const signature = signatureForm.exec(header)?.[1];
  if (signature === undefined) {
    return malformedSignature;
  }
  if (!isSignedWith(body, signature, webhookSecret)) {
    return wrongSignature;
  }
  const parsed = parseElements(textOf(body));
  return parsed.ok ? parsed : unreadable[parsed.problem];
}

/** Whether SegOps has signed a request, whatever its content. */
export function isSignedBySegOps(
  { body, headers }: SourceRequest,
  { webhookSecret }: SegOpsCredentials,
): boolean {
  const signature = signatureForm.exec(headers[signatureHeader] ?? '')?.[1];
  return signature !== undefined && isSignedWith(body, signature, webhookSecret);
}

/** The value of SegOps's header for a body. */
export function segOpsSignature(body: string | Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Tries every secret even after one has matched, so that the time does not tell which one it was. */
function isSignedWith(body: string | Uint8Array, signature: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(signature, 'hex');
  let matched = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(body).digest();
    matched = timingSafeEqual(given, expected) || matched;
  }
  return matched;
}
