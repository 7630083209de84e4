import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { authenticateSendGrid } from '../../../../functions/sources/sendgrid/authenticate.ts';
import {
  parseSendGridCredentials,
  type SendGridCredentials,
} from '../../../../functions/sources/sendgrid/credentials.ts';
import type { Authentication } from '../../../../functions/sources/source.ts';

export const nowMs = Date.parse('2026-11-20T12:00:00Z');
export const addressKey = 'a key for addresses';

/** A pair of keys as SendGrid has one for each webhook. */
export interface WebhookKeys {
  readonly privateKey: KeyObject;
  /** As SendGrid shows it. */
  readonly publicKey: string;
}

export function newKeys(): WebhookKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}

export function credentialsOf(...publicKey: readonly string[]): SendGridCredentials {
  return parseSendGridCredentials({ publicKey, addressKey });
}

/** A request as the receiver sees it: the body as bytes. */
export function authenticate(
  request: { readonly body: string | Uint8Array; readonly headers: Readonly<Record<string, string>> },
  credentials: SendGridCredentials,
  atMs: number = nowMs,
): Authentication {
  const { body, headers } = request;
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  return authenticateSendGrid({ headers, body: bytes }, credentials, atMs);
}
