import type { Token } from './segmentFql.ts';

/** Fields whose value is a string; the others are paths into an object. */
export const stringFields: ReadonlySet<string> = new Set(['type', 'event', 'name', 'userId']);

/** A filter that Segment's evaluator would refuse, or evaluate differently from how it reads. */
export class FqlSyntaxError extends Error {
  override readonly name = 'FqlSyntaxError';
}

/**
 * The value of a string token, without its quotes.
 *
 * @throws FqlSyntaxError for single quotes, which the lexer accepts and the evaluator keeps in the value
 */
export function stringValue(token: Token): string {
  if (token.value.startsWith("'")) {
    const fixed = `"${token.value.slice(1, -1)}"`;
    throw new FqlSyntaxError(
      `${token.value} is in single quotes, which Segment takes as part of the string, so it never matches; write ${fixed}`,
    );
  }
  return token.value.slice(1, -1);
}
