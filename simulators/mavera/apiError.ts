/** The members of Mavera's error envelope. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string;
    readonly param: string | null;
  };
}

interface ErrorKind {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/**
 * The errors by their code. Status and code are documented. GUESS: the types of 403, 404, 405, 413, 500 and 503, and the
 * codes of 405 and 413. The first error of each status is the most usual one.
 *
 * Source: Mavera guide, "Errors".
 */
const kinds = {
  invalid_field: { status: 400, type: 'invalid_request_error', message: 'A field is not valid.' },
  missing_field: { status: 400, type: 'invalid_request_error', message: 'A required field is missing.' },
  invalid_model: { status: 400, type: 'invalid_request_error', message: 'The model is not known.' },
  invalid_persona: { status: 400, type: 'invalid_request_error', message: 'The persona is not known.' },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'Invalid API key. Keys start with mvra_live_.',
  },
  missing_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'No API key provided. Send it as "Authorization: Bearer mvra_live_…".',
  },
  revoked_api_key: {
    status: 401,
    type: 'authentication_error',
    message: 'This API key has been revoked.',
  },
  credits_exhausted: {
    status: 402,
    type: 'insufficient_credits',
    message: 'Insufficient credits. Add credits or wait for the next billing period.',
  },
  budget_exceeded: {
    status: 402,
    type: 'insufficient_credits',
    message: 'The budget of the workspace is exceeded.',
  },
  forbidden: { status: 403, type: 'permission_error', message: 'This is not allowed.' },
  resource_not_found: { status: 404, type: 'not_found_error', message: 'The resource was not found.' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', message: 'Method not allowed.' },
  payload_too_large: { status: 413, type: 'invalid_request_error', message: 'The body is too large.' },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error', message: 'Rate limit exceeded.' },
  internal_error: { status: 500, type: 'api_error', message: 'An internal error occurred.' },
  service_unavailable: {
    status: 503,
    type: 'api_error',
    message: 'The service is temporarily unavailable.',
  },
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type ApiErrorCode = keyof typeof kinds;

export interface ApiErrorDetails {
  readonly message?: string;
  /** The request's field that is wrong. */
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The refusal of a call, with its answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ApiErrorCode, details: ApiErrorDetails = {}) {
    const kind = kinds[code];
    super(details.message ?? kind.message);
    this.name = 'ApiError';
    this.status = kind.status;
    this.headers = details.headers ?? {};
    this.body = {
      error: { message: this.message, type: kind.type, code, param: details.param ?? null },
    };
  }
}

export function missingField(param: string): ApiError {
  return new ApiError('missing_field', { param, message: `Missing required field: ${param}.` });
}

/** @param rule what the field must be, e.g. `a string of 2 to 100 characters` */
export function invalidField(param: string, rule: string): ApiError {
  return new ApiError('invalid_field', { param, message: `Invalid value for ${param}: must be ${rule}.` });
}

export function notFound(what: string): ApiError {
  return new ApiError('resource_not_found', { message: `${what} was not found.` });
}

/** The envelope for the status of an injected fault, with the documented code if the status has one. */
export function errorBodyFor(status: number, code?: string, message?: string): ErrorBody {
  const named = Object.entries(kinds).find(([name]) => name === code);
  const usual = Object.entries(kinds).find(([, kind]) => kind.status === status);
  const [name, kind] = named ?? usual ?? [];
  const family = status >= 500 ? 'api_error' : 'invalid_request_error';
  return {
    error: {
      message: message ?? kind?.message ?? `Injected fault: ${status}.`,
      type: kind?.type ?? family,
      code: code ?? name ?? 'injected_fault',
      param: null,
    },
  };
}
