import * as z from 'zod/mini';
import { headerSecret, oneOrMore } from '../../secrets/secretString.ts';

const sendGridApiCredentials = z.object({ apiKey: oneOrMore(headerSecret) });

/** API keys of SendGrid, `SG.…`; several while one is replaced, the newest first. */
export interface SendGridApiCredentials {
  readonly apiKey: readonly string[];
}

/**
 * Reads the secret's JSON: `{"apiKey": "SG.…"}` or `{"apiKey": ["new", "old"]}`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSendGridApiCredentials(secret: unknown): SendGridApiCredentials {
  return sendGridApiCredentials.parse(secret);
}
