import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';

z.config(en());

/**
 * One line for people out of a schema error: each problem with the path of its field, never with the value
 * that was found there, since it may be a secret or personal data.
 *
 * @example describeSchemaError(error) // "traits: Invalid input: expected object, received string"
 */
export function describeSchemaError(error: z.core.$ZodError): string {
  return error.issues.map(describeIssue).join('; ');
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = z.core.toDotPath(issue.path);
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
