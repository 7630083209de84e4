import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { secretString } from '../../secrets/secretString.ts';

const armour = /-----[A-Z ]+-----/g;
const minKeyCharacters = 16;

const publicKey = z.pipe(
  z.string(),
  z.transform((text, context): KeyObject => {
    const key = readKey(text);
    if (key === undefined) {
      context.issues.push({
        code: 'custom',
        message: 'expected the public key of the signed event webhook: P-256, as base64',
        input: undefined,
      });
      return z.NEVER;
    }
    return key;
  }),
);

const sendgridCredentials = z.object({
  publicKey: z.pipe(
    z.union([
      z.pipe(
        publicKey,
        z.transform((key): readonly KeyObject[] => [key]),
      ),
      z.array(publicKey).check(z.minLength(1)),
    ]),
    z.transform((keys): readonly KeyObject[] => keys),
  ),
  addressKey: secretString.check(z.minLength(minKeyCharacters)),
});

/** What proves that a request comes from SendGrid. */
export interface SendGridCredentials {
  /** The public keys of the event webhooks; several webhooks have a key each. */
  readonly publicKey: readonly KeyObject[];
  /** The key of the hash that stands for an address in anonymous ids. Another key makes other ids. */
  readonly addressKey: string;
}

/**
 * Reads the secret's JSON: `{"publicKey": "…", "addressKey": "…"}`, or a list of public keys. A public key is base64 of
 * its SPKI DER, as SendGrid shows it.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSendGridCredentials(secret: unknown): SendGridCredentials {
  return sendgridCredentials.parse(secret);
}

/** The key, if it is one of the curve that SendGrid signs with. */
function readKey(text: string): KeyObject | undefined {
  try {
    const der = Buffer.from(text.replace(armour, ''), 'base64');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}
