import * as z from 'zod/mini';

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00A0\u3164]/u;
/** `••••6354`, as consoles and Segment's API show a secret that they hide. */
const mask = /[•●∙]|^\*{4}/;
const quotes = /^["'`“‘«].*["'`”’»]$/s;

/**
 * A secret as a string, without the whitespace around it. It refuses what cannot be meant as a secret but comes easily
 * from copying or from an editor for keys and values. With such a value every signature would be wrong, and the events
 * lost. No message has the value.
 */
export const secretString = z.string().check(
  z.trim(),
  z.refine((value) => value !== '', 'expected a secret, found only whitespace'),
  z.refine(
    (value) => !invisible.test(value),
    'expected a secret, found invisible characters in it: type it again',
  ),
  z.refine(
    (value) => !mask.test(value),
    'expected a secret, found a mask such as ••••: copy the secret where it is shown',
  ),
  z.refine((value) => !quotes.test(value), 'expected a secret, found quotes around it: remove them'),
  z.refine(
    (value) => !isJson(value),
    'expected a secret, found JSON inside a string: store a list as a JSON array, ["new", "old"]',
  ),
);

/** A secret that is sent in a header. */
export const headerSecret = secretString.check(
  z.regex(/^[\x21-\x7e]+$/, 'expected a token without spaces, in ASCII'),
);

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) {
    return false;
  }
  try {
    JSON.parse(text);
    return true;
  } catch {
    return /^(?:\[\s*"|\{\s*")/.test(text);
  }
}

/** One value, or several while it is rotated. */
export const oneOrMore = (value: z.ZodMiniString): z.ZodMiniType<readonly string[]> =>
  z.pipe(
    z.union([value, z.array(value).check(z.minLength(1))]),
    z.transform((values): readonly string[] => (typeof values === 'string' ? [values] : values)),
  );
