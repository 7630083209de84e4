import { createSign, type KeyObject } from 'node:crypto';
import { signatureHeader, timestampHeader } from './authenticate.ts';

/** A `KeyObject` of `node:crypto`, by its shape: a user's compiler then needs no types of Node.js. */
export interface SigningKey {
  readonly type: 'private' | 'public' | 'secret';
}

/** What to sign. */
export interface SignSendGridOptions {
  readonly events: readonly object[];
  /** A private key of the curve P-256 (`prime256v1`). The receiver's secret has its public key. */
  readonly privateKey: SigningKey;
  /** When SendGrid signs. */
  readonly signedAtMs: number;
}

/** A request as SendGrid would send it. */
export interface SendGridRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Signs a request as SendGrid's Event Webhook does, for your own tests of a receiver. `\r\n` stands after each event.
 *
 * @example
 * const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
 * const { body, headers } = signSendGridRequest({ events, privateKey, signedAtMs: Date.now() });
 */
export function signSendGridRequest({
  events,
  privateKey,
  signedAtMs,
}: SignSendGridOptions): SendGridRequest {
  const body = `[${events.map((event) => JSON.stringify(event)).join(',\r\n')}]\r\n`;
  return { body, headers: sendGridHeaders(body, privateKey, signedAtMs) };
}

/** The headers with which SendGrid posts a body. */
export function sendGridHeaders(
  body: string | Uint8Array,
  privateKey: SigningKey,
  signedAtMs: number,
): Readonly<Record<string, string>> {
  const timestamp = `${Math.floor(signedAtMs / 1000)}`;
  return {
    'content-type': 'application/json',
    'user-agent': 'SendGrid Event API',
    [signatureHeader]: createSign('sha256')
      .update(timestamp)
      .update(body)
      .sign(privateKey as KeyObject, 'base64'),
    [timestampHeader]: timestamp,
  };
}
