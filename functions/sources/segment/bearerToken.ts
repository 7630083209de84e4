import { createHash, timingSafeEqual } from 'node:crypto';

const bearer = /^Bearer +(.+)$/i;

/**
 * Whether an `Authorization` header has one of the expected bearer tokens.
 * Every token is compared even after one has matched, so that the time does not tell which one it was.
 */
export function hasBearerToken(authorization: string, expectedTokens: readonly string[]): boolean {
  const token = bearer.exec(authorization)?.[1]?.trim();
  if (token === undefined) {
    return false;
  }
  const given = digest(token);
  let matched = false;
  for (const expected of expectedTokens) {
    matched = timingSafeEqual(given, digest(expected)) || matched;
  }
  return matched;
}

/** Tokens of any length become comparable in constant time. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
