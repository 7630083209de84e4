import * as z from 'zod/mini';
import type { MaveraAnswer, MaveraError, RateLimitState } from './maveraAnswer.ts';

const errorEnvelope = z.object({
  error: z.object({
    message: z.optional(z.nullable(z.string())),
    type: z.optional(z.nullable(z.string())),
    code: z.optional(z.nullable(z.string())),
  }),
});

/** Statuses of the codes, for an error that came with status 200. */
const statusOfCode: ReadonlyMap<string, number> = new Map(
  Object.entries({
    missing_api_key: 401,
    invalid_api_key: 401,
    revoked_api_key: 401,
    expired_api_key: 401,
    credits_exhausted: 402,
    budget_exceeded: 402,
    forbidden: 403,
    resource_not_found: 404,
    rate_limit_exceeded: 429,
    internal_error: 500,
    service_unavailable: 503,
  }),
);

/** The longest message of an error that is kept. */
const maxMessageCharacters = 500;

/**
 * Reads a whole response of Mavera: the body first, then the status, since Mavera's own samples find errors in
 * bodies.
 * Source: Mavera, "Errors" and "Rate limits".
 */
export function readResponse(status: number, headers: Headers, body: string, nowMs: number): MaveraAnswer {
  const rateLimit = readRateLimit(headers);
  const json = parseJson(body);
  const envelope = errorEnvelope.safeParse(json);
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && json !== undefined && !envelope.success) {
    return { kind: 'answered', json, rateLimit };
  }
  if (isSuccess && json === undefined) {
    return { kind: 'lost', detail: `Mavera answered ${status} with a body that is not JSON` };
  }
  const { code, message } = envelope.success ? envelope.data.error : {};
  const error: MaveraError = {
    status: isSuccess ? (statusOfCode.get(code ?? '') ?? 400) : status,
    code: code ?? 'unknown',
    message: (message ?? `Mavera answered ${status}`).slice(0, maxMessageCharacters),
    retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs),
  };
  return { kind: 'refused', error, rateLimit };
}

function readRateLimit(headers: Headers): RateLimitState | undefined {
  const remaining = readNumber(headers.get('x-ratelimit-remaining'));
  if (remaining === undefined) {
    return undefined;
  }
  const resetSeconds = readNumber(headers.get('x-ratelimit-reset'));
  return { remaining, resetAtMs: resetSeconds === undefined ? undefined : resetSeconds * 1000 };
}

/** Seconds as documented, or a date as HTTP allows. */
function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  const seconds = readNumber(header);
  if (seconds !== undefined) {
    return seconds * 1000;
  }
  const atMs = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function readNumber(header: string | null): number | undefined {
  const value = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
