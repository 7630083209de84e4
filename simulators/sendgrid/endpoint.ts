import * as z from 'zod';
import type { Endpoint } from '../http/findEndpoint.ts';
import { Refusal } from '../http/refusal.ts';
import type { ApiAnswer } from '../http/reply.ts';
import type { Marketing } from './marketing/marketing.ts';
import { problem } from './problem.ts';
import type { SendGridAccount } from './sendGridAccount.ts';

/** What an endpoint is called with. */
export interface SendGridCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
  readonly account: SendGridAccount;
  readonly marketing: Marketing;
  /** Where the client reaches this API, such as `http://127.0.0.1:4012`. */
  readonly origin: string;
  /** When the call arrived, in epoch milliseconds. */
  readonly nowMs: number;
  /** Whether it has an `Authorization` header. */
  readonly isSignedIn: boolean;
  /** Posts the events of a test to a URL. */
  readonly sendTest: (url: string, webhookId: string | undefined) => void;
}

/** One method of one path. */
export interface SendGridEndpoint extends Endpoint {
  readonly answer: (call: SendGridCall) => ApiAnswer;
}

/** @throws Refusal 400 with the first field that is wrong. GUESS: its wording */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  return parse(schema, body);
}

/** Parses a query whose parameters come once each. @throws Refusal 400 */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  return parse(schema, Object.fromEntries(query));
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new Refusal(
    400,
    problem({ field: field === '' ? null : field, message: issue?.message ?? 'invalid request' }),
  );
}

/** The number in a parameter. */
export function wholeNumber(least: number, most: number, otherwise: number): z.ZodType<number> {
  return z.coerce.number().int().min(least).max(most).default(otherwise) as z.ZodType<number>;
}

/** A day such as `2026-11-20`. */
export const day = z.iso.date();

/** Values that are separated by commas. */
export function listOf<Element extends string>(
  element: z.ZodType<Element, string>,
): z.ZodType<Element[], string> {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(element));
}
