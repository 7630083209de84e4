import * as z from 'zod/mini';
import { headerSecret, oneOrMore } from '../../secrets/secretString.ts';

const spaceId = /^[A-Za-z0-9_-]{1,100}$/;
const tokensOfSpace = oneOrMore(headerSecret);

/** Its problems name no space: whoever swaps the two has put a token where the space belongs. */
const accessTokens = z.pipe(
  z.record(z.string(), z.unknown()),
  z.transform((entries, context): ReadonlyMap<string, readonly string[]> => {
    const read = Object.entries(entries).map(([space, value]) => {
      const tokens = tokensOfSpace.safeParse(value);
      return spaceId.test(space) && tokens.success ? ([space, tokens.data] as const) : undefined;
    });
    const whole = read.filter((entry) => entry !== undefined);
    if (whole.length === 0 || whole.length < read.length) {
      context.issues.push({
        code: 'custom',
        message:
          'expected at least one id of a space, such as spa_1, each with its token, or a list of tokens, without spaces, in ASCII',
        input: undefined,
      });
      return z.NEVER;
    }
    return new Map(whole);
  }),
);

const profilesCredentials = z.object({ accessTokens });

/** The access tokens of the Profile API: each opens one space, with everybody in it. */
export interface SegmentProfilesCredentials {
  /** By the id of the space; several tokens while one is replaced, the newest first. */
  readonly accessTokens: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the secret's JSON: `{"accessTokens": {"spa_1": "…"}}`, or for a space `["new", "old"]`.
 *
 * @throws ZodError with the names of the fields, never their values or a space
 */
export function parseSegmentProfilesCredentials(secret: unknown): SegmentProfilesCredentials {
  return profilesCredentials.parse(secret);
}
