import type * as z from 'zod';
import { type ApiReply, problem } from './apiReply.ts';

/** 422 for a body that does not fit, naming the first field. GUESS: the wording, but for `"…" is required`. */
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
