import { createVerify, type KeyObject } from 'node:crypto';
import { parseElements, textOf } from '../../schema/untrustedJson.ts';
import type { Authentication, SourceRequest } from '../source.ts';
import type { SendGridCredentials } from './credentials.ts';
import {
  emptyBody,
  fromTheFuture,
  malformedSignature,
  malformedTimestamp,
  notSigned,
  tooOld,
  unreadable,
  wrongSignature,
} from './refusals.ts';

/** ECDSA over timestamp and body: base64 of DER. */
export const signatureHeader = 'x-twilio-email-event-webhook-signature';
/** When SendGrid has signed, in epoch seconds. */
export const timestampHeader = 'x-twilio-email-event-webhook-timestamp';

/**
 * SendGrid tries again for 24 hours, and may then send the first timestamp again. The dedupe window has to be longer than
 * this, so that a request that is replayed is refused or finds its claims.
 */
export const maxAgeMs = 25 * 3_600_000;
/** For clocks that differ. */
const maxAheadMs = 5 * 60_000;

/** A signature of P-256 has 72 bytes at most. */
const signatureForm = /^[A-Za-z0-9+/]{8,96}={0,2}$/;
const timestampForm = /^\d{1,12}$/;

/**
 * Decides whether a request comes from SendGrid: ECDSA (P-256, SHA-256) over the timestamp and the raw body, with any of
 * the public keys, and not older than {@link maxAgeMs}.
 *
 * The signature is never a key for duplicates: with (r, s), (r, n − s) is valid too.
 *
 * Source: SendGrid, "Event Webhook security features"; vectors of sendgrid-nodejs `packages/eventwebhook`.
 */
export function authenticateSendGrid(
  { body, headers }: SourceRequest,
  { publicKey }: Pick<SendGridCredentials, 'publicKey'>,
  nowMs: number,
): Authentication {
  const signature = headers[signatureHeader];
  const timestamp = headers[timestampHeader];
  if (body.length === 0) {
    return emptyBody;
  }
  if (signature === undefined || timestamp === undefined) {
    return notSigned;
  }
  if (!signatureForm.test(signature)) {
    return malformedSignature;
  }
  if (!timestampForm.test(timestamp)) {
    return malformedTimestamp;
  }
  if (!isVerified(body, timestamp, signature, publicKey)) {
    return wrongSignature;
  }
  const ageMs = nowMs - Number(timestamp) * 1000;
  if (ageMs > maxAgeMs || ageMs < -maxAheadMs) {
    return ageMs > 0 ? tooOld : fromTheFuture;
  }
  const parsed = parseElements(textOf(body));
  return parsed.ok ? parsed : unreadable[parsed.problem];
}

/** Whether SendGrid has signed a request, whatever its age and content. */
export function isSignedBySendGrid(
  { body, headers }: SourceRequest,
  { publicKey }: Pick<SendGridCredentials, 'publicKey'>,
): boolean {
  const signature = headers[signatureHeader];
  const timestamp = headers[timestampHeader];
  return (
    signature !== undefined &&
    timestamp !== undefined &&
    signatureForm.test(signature) &&
    timestampForm.test(timestamp) &&
    isVerified(body, timestamp, signature, publicKey)
  );
}

/** The keys are public, so that the time may tell which one it was. */
function isVerified(
  body: string | Uint8Array,
  timestamp: string,
  signature: string,
  publicKeys: readonly KeyObject[],
): boolean {
  return publicKeys.some((key) =>
    createVerify('sha256').update(timestamp).update(body).verify(key, signature, 'base64'),
  );
}
