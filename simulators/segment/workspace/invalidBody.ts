import type * as z from 'zod';
import { type ApiReply, problem } from './apiReply.ts';

/** The 422 for an invalid body; it names the first field. GUESS: the wording, except `"…" is required`. */
export function invalidBody(error: z.ZodError, body: unknown): ApiReply {
  const [issue] = error.issues;
  const path = issue?.path ?? [];
  const field = path.join('.');
  const isMissing = path.reduce(memberOf, body) === undefined;
  return problem(
    422,
    isMissing ? `"${field}" is required` : `"${field}" is not valid: ${issue?.message}`,
    field,
  );
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
