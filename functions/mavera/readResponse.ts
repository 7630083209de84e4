import { isNestedWithin } from '../schema/isNestedWithin.ts';
import { meaningOf } from './answerTable.ts';
import type { MaveraAnswer, MaveraError, RateLimitState } from './maveraAnswer.ts';
import { documentedStatus, type ErrorSaid, envelopeIn, errorSaidIn } from './maveraErrorIn.ts';

/** A whole response, as it came. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` for one that is too large to be read. */
  readonly body: string | undefined;
}

/** Nobody is asked to wait longer; a greater value is a mistake, such as milliseconds for seconds. */
const maxRetryAfterMs = 15 * 60_000;
/** The window is 60 s, so a later end is a mistake. */
const maxResetAheadMs = 2 * 60_000;

/**
 * Reads a whole response to a call of Mavera. It reads the body before the status, because Mavera's own samples look for
 * errors in every body. What each answer means stands in answerTable.ts.
 * Source: Mavera, "Errors" and "Rate limits".
 *
 * @param isRead the call was a GET
 */
export function readResponse(response: HttpResponse, isRead: boolean, nowMs: number): MaveraAnswer {
  const { status, headers } = response;
  const json = parseJson(response.body ?? '');
  const isSuccess = status >= 200 && status < 300;
  const said = isSuccess ? errorInside(json, isRead) : envelopeIn(json);
  const rateLimit = readRateLimit(headers, nowMs);
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs);
  if (said !== undefined) {
    return { kind: 'refused', error: { ...errorOf(said, status), retryAfterMs }, rateLimit };
  }
  if (isSuccess && json !== undefined) {
    return { kind: 'answered', json, rateLimit };
  }
  if (meaningOf(status, false).kind === 'blocked') {
    const detail = `Something in front of Mavera answered ${status}, without Mavera's error JSON`;
    return { kind: 'blocked', status, detail, retryAfterMs, rateLimit };
  }
  const detail = isSuccess
    ? `The answer was ${status} with a body that is not JSON, is nested too deeply, or is too large`
    : `Something in front of Mavera answered ${status}, without Mavera's error JSON`;
  return { kind: 'lost', status, detail };
}

/**
 * The error of a call that was answered with a success: Mavera's own samples look for one in the body. The `error` of a
 * resource that was read, such as a failed focus group, belongs to the resource.
 */
function errorInside(json: unknown, isRead: boolean): ErrorSaid | undefined {
  if (typeof json !== 'object' || json === null || !('error' in json)) {
    return undefined;
  }
  const { id, status } = json as { readonly id?: unknown; readonly status?: unknown };
  const isResource = typeof id === 'string';
  const hasFailed = !isRead && typeof status === 'string' && /^(?:failed|error)$/i.test(status);
  return isResource && !hasFailed ? undefined : errorSaidIn(json);
}

function errorOf(said: ErrorSaid, status: number): Omit<MaveraError, 'retryAfterMs'> {
  const isSuccess = status >= 200 && status < 300;
  return {
    status: isSuccess ? (documentedStatus(said) ?? status) : status,
    code: said.code ?? 'unknown',
    message: said.message ?? `Mavera answered ${status}`,
  };
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

/** Reads seconds, as Mavera documents them, or a date, which HTTP allows too. */
function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  const seconds = readNumber(header);
  if (seconds !== undefined) {
    return Math.min(maxRetryAfterMs, seconds * 1000);
  }
  // A date begins with a weekday. Without this check Date.parse would read "-1" as a year.
  const atMs = header === null || !/^[A-Za-z]/.test(header) ? Number.NaN : Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.min(maxRetryAfterMs, Math.max(0, atMs - nowMs));
}

function readNumber(header: string | null): number | undefined {
  const value = header === null || header.trim() === '' ? Number.NaN : Number(header);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** `undefined` also for JSON that is nested too deeply to be written again. */
function parseJson(body: string): unknown {
  try {
    // JSON.parse does not accept a byte order mark.
    const json: unknown = JSON.parse(body.replace(/^\ufeff/, ''));
    return isNestedWithin(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
