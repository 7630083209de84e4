import type { MaveraAnswer } from './maveraAnswer.ts';
import { readResponse } from './readResponse.ts';

/** Longer answers are not read to their end. */
const maxAnswerBytes = 8 * 1024 * 1024;
/** Errors of a connection that never was: the request cannot have been acted upon. */
const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A request to Mavera's API. */
export interface MaveraRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the base URL, e.g. `/mave/chat`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What the client works with. */
export interface MaveraClientOptions {
  /** e.g. `https://app.mavera.io/api/v1`. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Requests that count against Mavera's rate limit. */
export interface RequestCounts {
  readonly made: number;
  /** Those of them that were answered 429. */
  readonly throttled: number;
}

/** Mavera's REST API, one call at a time. Never rejects: whatever happens is an answer of some kind. */
export class MaveraClient {
  readonly #options: MaveraClientOptions;
  #requests: RequestCounts = { made: 0, throttled: 0 };

  constructor(options: MaveraClientOptions) {
    this.#options = options;
  }

  /** So far. */
  get requests(): RequestCounts {
    return this.#requests;
  }

  /** Calls once: nothing is retried here, since Mavera has no idempotency keys. */
  async call(request: MaveraRequest, apiKey: string): Promise<MaveraAnswer> {
    const answer = await this.#call(request, apiKey);
    if (answer.kind !== 'unreachable') {
      const { made, throttled } = this.#requests;
      const isThrottled = answer.kind === 'refused' && answer.error.status === 429;
      this.#requests = { made: made + 1, throttled: throttled + (isThrottled ? 1 : 0) };
    }
    return answer;
  }

  async #call(request: MaveraRequest, apiKey: string): Promise<MaveraAnswer> {
    const { baseUrl, timeoutMs, now } = this.#options;
    try {
      const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${request.path}`, {
        method: request.method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/json',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        // A redirect would carry the key to wherever it points.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const body = await readText(response);
      return body === undefined
        ? { kind: 'unreadable', detail: `Mavera's answer is larger than ${maxAnswerBytes} bytes` }
        : readResponse(response.status, response.headers, body, now());
    } catch (error) {
      return unanswered(error, timeoutMs);
    }
  }
}

async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unanswered(error: unknown, timeoutMs: number): MaveraAnswer {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { kind: 'lost', detail: `Mavera did not answer within ${timeoutMs / 1000} s` };
  }
  const { code } = ((error as Error).cause ?? {}) as { readonly code?: string };
  if (code !== undefined && neverConnected.has(code)) {
    return { kind: 'unreachable', detail: `Mavera cannot be reached: ${code}` };
  }
  return { kind: 'lost', detail: `The connection to Mavera broke: ${code ?? (error as Error).name}` };
}
