import { isThrottled, type MaveraAnswer } from './maveraAnswer.ts';
import { neverConnected } from './neverConnected.ts';
import { readResponse } from './readResponse.ts';

/** Larger answers are not read to the end. */
const maxAnswerBytes = 8 * 1024 * 1024;
/** A request to Mavera's API. */
export interface MaveraRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the base URL, e.g. `/mave/chat`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What the client needs. */
export interface MaveraClientOptions {
  /** e.g. `https://app.mavera.io/api/v1`. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Requests that count against Mavera's rate limit. */
export interface RequestCounts {
  readonly made: number;
  /** Those of them that a rate limit refused. */
  readonly throttled: number;
}

/** Mavera's REST API. Its promises never reject: every failure is an answer of some kind. */
export class MaveraClient {
  readonly #options: MaveraClientOptions;
  #requests: RequestCounts = { made: 0, throttled: 0 };

  constructor(options: MaveraClientOptions) {
    this.#options = options;
  }

  /** The requests that this client has made. */
  get requests(): RequestCounts {
    return this.#requests;
  }

  /** Makes one call. It is not retried here, because Mavera has no idempotency keys. */
  async call(
    request: MaveraRequest,
    apiKey: string,
    timeoutMs: number = this.#options.timeoutMs,
  ): Promise<MaveraAnswer> {
    const atMostMs = Math.min(timeoutMs, this.#options.timeoutMs);
    const answer = await this.#call(request, apiKey, atMostMs);
    if (answer.kind !== 'unreachable') {
      const { made, throttled } = this.#requests;
      this.#requests = {
        made: made + 1,
        throttled: throttled + (answer.kind !== 'answered' && isThrottled(answer) ? 1 : 0),
      };
    }
    return answer;
  }

  async #call(request: MaveraRequest, apiKey: string, timeoutMs: number): Promise<MaveraAnswer> {
    const { baseUrl, now } = this.#options;
    try {
      const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${request.path}`, {
        method: request.method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          accept: 'application/json',
          // A kept connection may be dead by the next call, whose answer would then be lost.
          connection: 'close',
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        // A redirect would send the key to another server.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { status, headers } = response;
      const body = await readText(response);
      return readResponse({ status, headers, body }, request.method === 'GET', now());
    } catch (error) {
      return unanswered(error, timeoutMs);
    }
  }
}

/** @returns `undefined` for an answer that is too large */
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
  return neverConnected(error)
    ? { kind: 'unreachable', detail: `Could not connect to Mavera: ${nameOf(error)}` }
    : { kind: 'lost', detail: `The connection to Mavera broke: ${nameOf(error)}` };
}

/** The code of what made fetch fail, otherwise the error's name. */
function nameOf(error: unknown): string {
  const { name, cause } = error as Error;
  return (cause as { readonly code?: string } | undefined)?.code ?? name;
}
