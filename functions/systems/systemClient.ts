import type { System } from '../access/operation.ts';
import { type CallAnswer, isThrottled } from './callAnswer.ts';
import { neverConnected } from './neverConnected.ts';
import { readResponse } from './readResponse.ts';
import { systems } from './systems.ts';

/** Larger answers are not read to the end. */
const maxAnswerBytes = 8 * 1024 * 1024;

/** A request to a system's API. */
export interface SystemRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the base URL, e.g. `/mave/chat`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Which system, and where it is. */
export interface SystemClientOptions {
  readonly system: System;
  /** e.g. `https://app.mavera.io/api/v1`. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** How requests are sent, if a simulation needs another way. @default the global one */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Requests that count against the system's rate limit. */
export interface RequestCounts {
  readonly made: number;
  /** Those of them that a rate limit refused. */
  readonly throttled: number;
}

/**
 * The REST API of one system: the only place where functions call one. Its promises never reject: every failure is an
 * answer of some kind.
 */
export class SystemClient {
  readonly #options: SystemClientOptions;
  #requests: RequestCounts = { made: 0, throttled: 0 };

  constructor(options: SystemClientOptions) {
    this.#options = options;
  }

  /** The requests that this client has made. */
  get requests(): RequestCounts {
    return this.#requests;
  }

  /** Makes one call. It is not retried here, because most systems have no idempotency keys. */
  async call(
    request: SystemRequest,
    key: string,
    timeoutMs: number = this.#options.timeoutMs,
  ): Promise<CallAnswer> {
    const atMostMs = Math.min(timeoutMs, this.#options.timeoutMs);
    const answer = await this.#call(request, key, atMostMs);
    if (answer.kind !== 'unreachable') {
      const { made, throttled } = this.#requests;
      this.#requests = {
        made: made + 1,
        throttled: throttled + (answer.kind !== 'answered' && isThrottled(answer) ? 1 : 0),
      };
    }
    return answer;
  }

  async #call({ method, path, body }: SystemRequest, key: string, timeoutMs: number): Promise<CallAnswer> {
    const { system, baseUrl, now, fetch = globalThis.fetch } = this.#options;
    const facts = systems[system];
    const credentials = facts.scheme === 'Basic' ? Buffer.from(`${key}:`).toString('base64') : key;
    try {
      const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
        method,
        headers: {
          authorization: `${facts.scheme} ${credentials}`,
          accept: 'application/json',
          // A kept connection may be dead by the next call, whose answer would then be lost.
          connection: 'close',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect would send the key to another server.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { status, headers } = response;
      const whole = { status, headers, body: await readText(response) };
      return readResponse(facts, whole, method === 'GET', now());
    } catch (error) {
      return unanswered(facts.name, error, timeoutMs);
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

function unanswered(name: string, error: unknown, timeoutMs: number): CallAnswer {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { kind: 'lost', detail: `${name} did not answer within ${timeoutMs / 1000} s` };
  }
  return neverConnected(error)
    ? { kind: 'unreachable', detail: `Could not connect to ${name}: ${nameOf(error)}` }
    : { kind: 'lost', detail: `The connection to ${name} broke: ${nameOf(error)}` };
}

/** The code of what made fetch fail, otherwise the error's name. */
function nameOf(error: unknown): string {
  const { name, cause } = error as Error;
  return (cause as { readonly code?: string } | undefined)?.code ?? name;
}
