import * as z from 'zod/mini';
import type { SourceName, SourceRequest } from '../sources/source.ts';

const functionUrlEvent = z.object({
  rawPath: z.string(),
  headers: z.record(z.string(), z.optional(z.string())),
  body: z.optional(z.string()),
  isBase64Encoded: z.optional(z.boolean()),
  requestContext: z.object({
    http: z.object({ method: z.string() }),
    timeEpoch: z.optional(z.number()),
  }),
});

const routePath = /^\/([a-z]+)(?:\/([A-Za-z0-9_-]{1,64}))?\/?$/;
const methods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What has to be known of a source before a request is authenticated. */
export interface HttpSource {
  readonly name: SourceName;
  /** What to do about a body that is too large for the receiver. */
  readonly advice: { readonly tooLarge: string };
}

/** A request to a path of an open source. */
export interface ReceiverRequest<Open extends HttpSource> extends SourceRequest {
  readonly source: Open;
  readonly route: string;
}

/** Which requests are accepted. */
export interface RequestLimits<Open extends HttpSource> {
  /** The open sources, by their names. */
  readonly sources: ReadonlyMap<string, Open>;
  readonly maxBodyBytes: number;
  /** Such as `sendgrid/eu`, or `eu` for every source; `undefined`: every route. */
  readonly routes?: ReadonlySet<string> | undefined;
}

/** Why a request is not accepted. */
export interface HttpRefusal {
  readonly status: number;
  /** A sentence for the person who configures the source. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that was not read. */
interface Unread {
  readonly ok: false;
  readonly refusal: HttpRefusal;
  /** What was posted, for a check of its signature; absent when it is not an HTTP request. */
  readonly posted?: SourceRequest;
}

export type ReadRequest<Open extends HttpSource> =
  | { readonly ok: true; readonly request: ReceiverRequest<Open> }
  | Unread;

/** An answer of payload format 2.0. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Reads an event of payload format 2.0 (Function URL, HTTP API): path, method, size and encoding.
 * Source: AWS Lambda, "Invoking Lambda function URLs".
 *
 * @param limits larger bodies are refused with 413, other sources and routes with 404
 */
export function readRequest<Open extends HttpSource>(
  event: unknown,
  limits: RequestLimits<Open>,
): ReadRequest<Open> {
  const { maxBodyBytes, routes, sources } = limits;
  const parsed = functionUrlEvent.safeParse(event);
  if (!parsed.success) {
    return refuse(400, 'This function takes only HTTP requests of payload format 2.0');
  }
  const { rawPath, requestContext } = parsed.data;
  const posted = {
    headers: inLowerCase(parsed.data.headers),
    body: decodeBody(parsed.data),
    arrivedAtMs: requestContext.timeEpoch,
  };
  const path = routePath.exec(rawPath);
  const source = sources.get(path?.[1] ?? '');
  if (path === null || source === undefined) {
    return refuse(404, `There is nothing at this path: ${whereToPost([...sources.keys()])}`, posted);
  }
  const route = path[2] ?? 'default';
  if (routes !== undefined && !routes.has(route) && !routes.has(`${source.name}/${route}`)) {
    return refuse(
      404,
      `The route "${route}" is not open: add it to the setting "routes", or post to another route`,
      posted,
    );
  }
  if (!methods.has(requestContext.http.method)) {
    return refuse(405, 'Use POST, PUT or PATCH', posted, { allow: 'POST, PUT, PATCH' });
  }
  if (Buffer.byteLength(posted.body) > maxBodyBytes) {
    const limit = `${maxBodyBytes.toLocaleString('en')} bytes`;
    return refuse(413, `The body is larger than ${limit}: ${source.advice.tooLarge}`, posted);
  }
  return { ok: true, request: { source, route, ...posted } };
}

function whereToPost(sources: readonly string[]): string {
  return `post to ${sources.map((source) => `/${source} or /${source}/<route>`).join(', or to ')}`;
}

/** An answer with a JSON body: the counts of a request's events, or `{"detail": "…"}`. */
export function httpAnswer(
  statusCode: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** A Function URL sends them in lower case; a plain HTTP server in a test may not. */
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

function refuse(
  status: number,
  detail: string,
  posted?: SourceRequest,
  headers: Readonly<Record<string, string>> = {},
): Unread {
  return { ok: false, refusal: { status, detail, headers }, ...(posted && { posted }) };
}
