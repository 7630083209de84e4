import * as z from 'zod/mini';

/**
 * An id of Mavera's, which later calls have in their paths: half a character cannot be written there, and `..` would lead
 * elsewhere.
 */
export const idField = z
  .string()
  .check(z.regex(/^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]{1,200}$/u, 'expected an id of 1 to 200 characters'));
