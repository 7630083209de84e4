import { parseJson } from './parseJson.ts';

/** The outcome of one request. */
export interface PostOutcome {
  /** Absent when no answer came. */
  readonly status?: number;
  /** Parsed answer, or its text where it is not JSON. */
  readonly answer?: unknown;
  /** Why no answer came: a system error code such as `ECONNREFUSED`, or `ETIMEDOUT`. */
  readonly error?: string;
  readonly durationMs: number;
}

/** A request that is ready to be sent. */
export interface PostRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly timeoutMs: number;
}

/**
 * Sends one request to a webhook; a missing answer is an outcome too.
 *
 * @param signal ends the request at once
 */
export async function post(request: PostRequest, signal?: AbortSignal): Promise<PostOutcome> {
  const { url, method, headers, body, timeoutMs } = request;
  const startedAt = performance.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const answer = parseJson(await response.text());
    return { status: response.status, answer, durationMs: performance.now() - startedAt };
  } catch (error) {
    const reason = timeout.aborted ? 'ETIMEDOUT' : errorCode(error);
    return { error: reason, durationMs: performance.now() - startedAt };
  }
}

function errorCode(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') {
    return cause.code;
  }
  return cause instanceof Error ? cause.name : 'unknown error';
}
