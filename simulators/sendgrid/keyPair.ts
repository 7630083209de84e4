import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The key pair of a signed event webhook: P-256. Source: SendGrid, "Event Webhook security features". */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** Base64 of its SPKI DER, as SendGrid shows it. */
  readonly publicKey: string;
}

/** Makes a key pair. */
export function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') };
}
