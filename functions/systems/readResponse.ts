import { isNestedWithin } from '../schema/untrustedJson.ts';
import { meaningOf } from './answerTable.ts';
import { type CallAnswer, isThrottled, type RateLimitState, retryAfterMsOf } from './callAnswer.ts';
import type { SystemFacts } from './systems.ts';

/** A whole response, as it came. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` for one that is too large to be read. */
  readonly body: string | undefined;
}

/** Nobody is asked to wait longer; a greater value is a mistake, such as milliseconds for seconds. */
const maxRetryAfterMs = 15 * 60_000;
/** No documented window is longer than 60 s, so a later end is a mistake. */
const maxResetAheadMs = 2 * 60_000;

/**
 * Reads a whole response to a call. It reads the body before the status, because Mavera's own samples look for errors in
 * every body. What each answer means stands in answerTable.ts.
 * Sources: Mavera, "Errors" and "Rate limits"; Segment, "HTTP API" and "Public API"; SegOps, "Plans".
 *
 * @param isRead the call was a GET
 */
export function readResponse(
  facts: SystemFacts,
  response: HttpResponse,
  isRead: boolean,
  nowMs: number,
): CallAnswer {
  const { status, headers } = response;
  const { name } = facts;
  const json = parseJson(response.body ?? '');
  const isSuccess = status >= 200 && status < 300;
  const said = isSuccess
    ? hasError(json)
      ? facts.errorInSuccess?.(json, isRead)
      : undefined
    : facts.errorIn(json);
  const rateLimit = readRateLimit(facts, response, nowMs);
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs) ?? atMost(said?.retryAfterMs);
  if (said !== undefined) {
    const { code = 'unknown', message = `${name} answered ${status}` } = said;
    return {
      kind: 'refused',
      error: { status: said.status ?? status, code, message, retryAfterMs },
      rateLimit,
    };
  }
  if (isSuccess && (json !== undefined || facts.ignoresBody === true)) {
    return { kind: 'answered', status, json, rateLimit };
  }
  if (meaningOf(status, false).kind === 'blocked') {
    const detail = `Something in front of ${name} answered ${status}, without its error JSON`;
    return { kind: 'blocked', status, detail, retryAfterMs, rateLimit };
  }
  const detail = isSuccess
    ? `The answer was ${status} with a body that is not JSON, is nested too deeply, or is too large`
    : `Something in front of ${name} answered ${status}, without its error JSON`;
  return { kind: 'lost', status, detail, retryAfterMs };
}

/** Until when nobody may call, as an answer says; `undefined` if it says nothing. */
export function retryAfterHold(answer: CallAnswer, nowMs: number): number | undefined {
  if (answer.kind !== 'answered' && isThrottled(answer)) {
    const retryAfterMs = retryAfterMsOf(answer);
    if (retryAfterMs !== undefined) {
      return nowMs + retryAfterMs;
    }
  }
  const rateLimit = 'rateLimit' in answer ? answer.rateLimit : undefined;
  return rateLimit?.remaining === 0 ? rateLimit.resetAtMs : undefined;
}

function hasError(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'error' in json;
}

function readRateLimit(
  facts: SystemFacts,
  { status, headers }: HttpResponse,
  nowMs: number,
): RateLimitState | undefined {
  const reset = headers.get('x-ratelimit-reset');
  const seconds = readNumber(reset);
  const fromMs = facts.resetsInSeconds === true ? nowMs : 0;
  const atMs = seconds === undefined ? readDate(reset) : fromMs + seconds * 1000;
  const resetAtMs = atMs > nowMs && atMs <= nowMs + maxResetAheadMs ? atMs : undefined;
  // Segment's Tracking API says only when the limit is reset.
  const isUsedUp = status === 429 && resetAtMs !== undefined;
  const remaining = readNumber(headers.get('x-ratelimit-remaining')) ?? (isUsedUp ? 0 : undefined);
  return remaining === undefined ? undefined : { remaining, resetAtMs };
}

/** Reads seconds, as the systems document them, or a date, which HTTP allows too. */
function readRetryAfter(header: string | null, nowMs: number): number | undefined {
  const seconds = readNumber(header);
  if (seconds !== undefined) {
    return atMost(seconds * 1000);
  }
  const atMs = readDate(header);
  return Number.isNaN(atMs) ? undefined : atMost(Math.max(0, atMs - nowMs));
}

function atMost(retryAfterMs: number | undefined): number | undefined {
  return retryAfterMs === undefined ? undefined : Math.min(maxRetryAfterMs, retryAfterMs);
}

/** Epoch milliseconds, or NaN. A date begins with a weekday: without this check Date.parse would read "-1" as a year. */
function readDate(header: string | null): number {
  return header === null || !/^[A-Za-z]/.test(header) ? Number.NaN : Date.parse(header);
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
