import type { Token } from '@segment/fql-ts';

/** Fields whose value is a text; the others are paths into an object. */
export const textFields: ReadonlySet<string> = new Set(['type', 'event', 'name', 'userId']);

/** A Filter Query Language text that Segment's evaluator would refuse, or read otherwise than it says. */
export class FqlSyntaxError extends Error {
  override readonly name = 'FqlSyntaxError';
}

/**
 * The text of a string token, without its quotes.
 *
 * @throws FqlSyntaxError for single quotes, which the lexer takes and the evaluator keeps
 */
export function readText(token: Token): string {
  if (token.value.startsWith("'")) {
    const fixed = `"${token.value.slice(1, -1)}"`;
    throw new FqlSyntaxError(
      `${token.value} is in single quotes, which Segment takes as part of the text, so that it never matches; write ${fixed}`,
    );
  }
  return token.value.slice(1, -1);
}
