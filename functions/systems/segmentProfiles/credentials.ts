import * as z from 'zod/mini';
import { headerSecret, oneOrMore } from '../../secrets/secretString.ts';

const spaceId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{1,100}$/, 'expected the id of a space, such as spa_1'));

const profilesCredentials = z.object({
  accessTokens: z
    .record(spaceId, oneOrMore(headerSecret))
    .check(
      z.refine((tokens) => Object.keys(tokens).length > 0, 'expected at least one space with its token'),
    ),
});

/** The access tokens of the Profile API: each opens one space, with everybody in it. */
export interface SegmentProfilesCredentials {
  /** By the id of the space; several tokens while one is replaced, the newest first. */
  readonly accessTokens: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the secret's JSON: `{"accessTokens": {"spa_1": "…"}}`, or for a space `["new", "old"]`.
 *
 * @throws ZodError with the names of the fields, never their values
 */
export function parseSegmentProfilesCredentials(secret: unknown): SegmentProfilesCredentials {
  const { accessTokens } = profilesCredentials.parse(secret);
  return { accessTokens: new Map(Object.entries(accessTokens)) };
}
