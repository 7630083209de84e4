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

/** What a request is held to. */
export interface RequestLimits {
  readonly maxBodyBytes: number;
  /** `undefined`: every route. */
  readonly routes?: ReadonlySet<string> | undefined;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: ReceiverRequest }
  | { readonly ok: false; readonly answer: HttpAnswer };

/**
 * Reads an event of payload format 2.0 (Function URL, HTTP API): path, method, size and encoding.
 * Source: AWS Lambda, "Invoking Lambda function URLs".
 *
 * @param limits larger bodies are answered 413, other routes 404
 */
export function readRequest(event: unknown, limits: RequestLimits): ReadRequest {
  const { maxBodyBytes, routes } = limits;
  const parsed = functionUrlEvent.safeParse(event);
  if (!parsed.success) {
    return refuse(400, 'This function takes HTTP requests of payload format 2.0 only');
  }
  const { rawPath, headers, requestContext } = parsed.data;
  const path = routePath.exec(rawPath);
  if (path === null) {
    return refuse(404, 'There is nothing at this path: post to /segment or /segment/<route>');
  }
  const route = path[2] ?? 'default';
  if (routes !== undefined && !routes.has(route)) {
    return refuse(
      404,
      `The route "${route}" is not let in: add it to the setting routes, or post to another`,
    );
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
    request: { source: 'segment', route, headers: inLowerCase(headers), body },
  };
}

/** A Function URL writes them so already; an HTTP server in front of it in a test may not. */
function inLowerCase(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const lowered = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    const before = lowered.get(key);
    if (value !== undefined) {
      lowered.set(key, before === undefined ? value : `${before},${value}`);
    }
  }
  return Object.fromEntries(lowered);
}

function decodeBody({ body = '', isBase64Encoded }: z.infer<typeof functionUrlEvent>): string | Buffer {
  return isBase64Encoded === true ? Buffer.from(body, 'base64') : body;
}

function refuse(status: number, detail: string, headers: Record<string, string> = {}): ReadRequest {
  return { ok: false, answer: refusalAnswer(status, detail, headers) };
}
