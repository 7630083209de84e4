import * as z from 'zod';
import type { InvocationResult } from '../lambda/invocationResult.ts';

/** An HTTP response to be sent. */
export interface FunctionUrlResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

const structuredSchema = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).optional(),
  cookies: z.array(z.string()).optional(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
});

const jsonHeaders = { 'content-type': 'application/json' } as const;

const badGateway: FunctionUrlResponse = {
  status: 502,
  headers: jsonHeaders,
  cookies: [],
  body: Buffer.from('Internal Server Error'),
};

/** The answer of a Function URL to a request above the size limit of an invocation. */
export const payloadTooLarge: FunctionUrlResponse = {
  status: 413,
  headers: jsonHeaders,
  cookies: [],
  body: Buffer.from(
    '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
  ),
};

/**
 * Builds the response that a Function URL sends for the result of an invocation. An answer with a `statusCode` is sent
 * as it says, any other answer is the body of a 200, and a failed invocation is a 502.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function functionUrlResponse(result: InvocationResult): FunctionUrlResponse {
  if (!result.ok) {
    return badGateway;
  }
  const answer: unknown = JSON.parse(result.payload);
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) {
    const text = typeof answer === 'string' ? answer : result.payload;
    return { status: 200, headers: jsonHeaders, cookies: [], body: Buffer.from(text) };
  }
  const structured = structuredSchema.safeParse(answer);
  if (!structured.success) {
    return badGateway;
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = structured.data;
  return {
    status: statusCode,
    headers: { ...jsonHeaders, ...lowerCaseNames(headers ?? {}) },
    cookies: cookies ?? [],
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
