import * as z from 'zod/mini';
import type { SourceName, SourceRequest } from '../sources/source.ts';
import { type HttpAnswer, refusalAnswer } from './httpAnswer.ts';

const functionUrlEvent = z.object({
  rawPath: z.string(),
  headers: z.record(z.string(), z.optional(z.string())),
  body: z.optional(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});

const routePath = /^\/(segment)(?:\/([A-Za-z0-9_-]{1,64}))?\/?$/;
const methods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** A request that has come to the right door. */
export interface ReceiverRequest extends SourceRequest {
  readonly source: SourceName;
  readonly route: string;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: ReceiverRequest }
  | { readonly ok: false; readonly answer: HttpAnswer };

/**
 * Reads an event of payload format 2.0 (Function URL, HTTP API): path, method, size and encoding.
 * Source: AWS Lambda, "Invoking Lambda function URLs".
 *
 * @param maxBodyBytes larger bodies are answered 413
 */
export function readRequest(event: unknown, maxBodyBytes: number): ReadRequest {
  const parsed = functionUrlEvent.safeParse(event);
  if (!parsed.success) {
    return refuse(400, 'This function takes HTTP requests of payload format 2.0 only');
  }
  const { rawPath, headers, requestContext } = parsed.data;
  const path = routePath.exec(rawPath);
  if (path === null) {
    return refuse(404, 'There is nothing at this path: post to /segment or /segment/<route>');
  }
  if (!methods.has(requestContext.http.method)) {
    return refuse(405, 'Use POST, PUT or PATCH', { allow: 'POST, PUT, PATCH' });
  }
  const body = decodeBody(parsed.data);
  if (Buffer.byteLength(body) > maxBodyBytes) {
    const limit = `${maxBodyBytes.toLocaleString('en')} bytes`;
    return refuse(413, `The body is larger than ${limit}: lower the Batch Size of the mapping`);
  }
  return {
    ok: true,
    request: { source: 'segment', route: path[2] ?? 'default', headers: inLowerCase(headers), body },
  };
}

/** A Function URL writes them so already; an HTTP server in front of it in a test may not. */
function inLowerCase(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const lowered: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (value !== undefined) {
      lowered[key] = lowered[key] === undefined ? value : `${lowered[key]},${value}`;
    }
  }
  return lowered;
}

function decodeBody({ body = '', isBase64Encoded }: z.infer<typeof functionUrlEvent>): string | Buffer {
  return isBase64Encoded === true ? Buffer.from(body, 'base64') : body;
}

function refuse(status: number, detail: string, headers: Record<string, string> = {}): ReadRequest {
  return { ok: false, answer: refusalAnswer(status, detail, headers) };
}
