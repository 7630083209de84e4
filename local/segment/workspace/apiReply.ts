/** An answer of the Public API. */
export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

export function data(value: object, status = 200): ApiReply {
  return { status, body: { data: value } };
}

/** `{"errors": [{type, message, field?}]}`. GUESS: the types, but for `input-validation` and `RequestError`. */
export function problem(status: number, message: string, field?: string): ApiReply {
  const types: Readonly<Record<number, string>> = {
    401: 'unauthorized',
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

/** 429, with how long to wait. */
export function tooManyRequests(msBeforeNext: number): ApiReply {
  const details = { remainingPoints: 0, msBeforeNext, consumedPoints: 21 };
  return {
    status: 429,
    body: { errors: [{ type: 'RequestError', message: 'Too many requests', data: details }] },
  };
}
