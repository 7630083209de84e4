/** An answer of the Public API. */
export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `{"data": …}`, the answer of a successful call. */
export function data(value: object, status = 200): ApiReply {
  return { status, body: { data: value } };
}

/** `{"errors": [{type, message, field?}]}`. GUESS: the types, except `input-validation` and `RequestError`. */
export function problem(status: number, message: string, field?: string): ApiReply {
  const types: Readonly<Record<number, string>> = {
    401: 'unauthorized',
    403: 'forbidden',
    404: 'not-found',
    422: 'input-validation',
  };
  return {
    status,
    body: {
      errors: [{ type: types[status] ?? 'RequestError', message, ...(field === undefined ? {} : { field }) }],
    },
  };
}

/** 429, with how long to wait. Source: docs.segmentapis.com, "Rate Limits". */
export function tooManyRequests(msBeforeNext: number): ApiReply {
  const details = { remainingPoints: 0, msBeforeNext, consumedPoints: 21 };
  return {
    status: 429,
    body: { errors: [{ type: 'RequestError', message: 'Too many requests', data: details }] },
    headers: rateLimitHeaders(21, 0, msBeforeNext),
  };
}

/** Source: docs.segmentapis.com, "Rate Limits": the time of the reset is a date of RFC 5322. */
export function rateLimitHeaders(
  consumed: number,
  remaining: number,
  msBeforeReset: number,
): Readonly<Record<string, string>> {
  return {
    'X-RateLimit-Consumed': String(consumed),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': new Date(Date.now() + msBeforeReset).toUTCString(),
  };
}
