import * as z from 'zod/mini';
import { isNestedWithin } from '../schema/isNestedWithin.ts';
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

/** Longer than that nobody is asked to wait; what says otherwise is a mistake, such as milliseconds for seconds. */
const maxRetryAfterMs = 15 * 60_000;
/** The window is 60 s: what ends later is not it. */
const maxResetAheadMs = 2 * 60_000;
/** The longest message and code of an error that are kept. */
const maxMessageCharacters = 500;
const maxCodeCharacters = 100;

/**
 * Reads a whole response of Mavera: the body first, then the status, since Mavera's own samples find errors in
 * bodies.
 * Source: Mavera, "Errors" and "Rate limits".
 */
export function readResponse(status: number, headers: Headers, body: string, nowMs: number): MaveraAnswer {
  const rateLimit = readRateLimit(headers, nowMs);
  const json = parseJson(body);
  const envelope = errorEnvelope.safeParse(json);
  const isSuccess = status >= 200 && status < 300;
  if (isSuccess && json !== undefined && !envelope.success) {
    return { kind: 'answered', json, rateLimit };
  }
  if (isSuccess && json === undefined) {
    return {
      kind: 'unreadable',
      detail: `Mavera answered ${status} with a body that is not JSON, or is nested too deeply`,
    };
  }
  const { code, message } = envelope.success ? envelope.data.error : {};
  const error: MaveraError = {
    status: isSuccess ? (statusOfCode.get(code ?? '') ?? 400) : status,
    code: (code ?? 'unknown').slice(0, maxCodeCharacters).toWellFormed(),
    message: (message ?? `Mavera answered ${status}`).slice(0, maxMessageCharacters).toWellFormed(),
    retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs),
  };
  return { kind: 'refused', error, rateLimit };
}

function readRateLimit(headers: Headers, nowMs: number): RateLimitState | undefined {
  const remaining = readNumber(headers.get('x-ratelimit-remaining'));
  if (remaining === undefined) {
    return undefined;
  }
  const resetAtMs = (readNumber(headers.get('x-ratelimit-reset')) ?? 0) * 1000;
  const isAhead = resetAtMs > nowMs && resetAtMs <= nowMs + maxResetAheadMs;
  return { remaining, resetAtMs: isAhead ? resetAtMs : undefined };
}

/** Seconds as documented, or a date as HTTP allows. */
function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  const seconds = readNumber(header);
  if (seconds !== undefined) {
    return Math.min(maxRetryAfterMs, seconds * 1000);
  }
  // A date begins with a weekday; Date.parse would take "-1" for a year.
  const atMs = header === null || !/^[A-Za-z]/.test(header) ? Number.NaN : Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, atMs - nowMs));
}

function readNumber(header: string | null): number | undefined {
  const value = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** `undefined` also for what could never be written again. */
function parseJson(body: string): unknown {
  try {
    const json: unknown = JSON.parse(body);
    return isNestedWithin(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
