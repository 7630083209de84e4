import { $ZodError, type $ZodIssue, config, toDotPath } from 'zod/v4/core';
import en from 'zod/v4/locales/en.js';

config(en());

/** Problems that are named; a list may have one for each of its elements. */
const mostNamed = 10;

/**
 * A schema error as one readable line: each problem with the path of its field, but never with the value, which may be a
 * secret or personal data.
 *
 * @example describeSchemaError(error) // "name: Invalid input: expected string, received number"
 */
export function describeSchemaError(error: $ZodError): string {
  const { issues } = error;
  const more = issues.length > mostNamed ? [`${issues.length - mostNamed} more`] : [];
  return [...issues.slice(0, mostNamed).map(describeIssue), ...more].join('; ');
}

function describeIssue(issue: $ZodIssue): string {
  const path = toDotPath(issue.path);
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** Whether an error was thrown by a schema. */
export function isSchemaError(error: unknown): error is $ZodError {
  return error instanceof $ZodError;
}
