import * as z from 'zod/mini';

/** What an error in an answer says: at least one of these. */
export interface ErrorSaid {
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  /** The status that is documented for it. */
  readonly status?: number | undefined;
  /** For how long it asks to make no call, where the body says so. */
  readonly retryAfterMs?: number | undefined;
}

/** The longest message and code of an error that are kept. */
const maxMessageCharacters = 500;
const maxCodeCharacters = 100;

/** The status that is documented for each code. Source: Mavera, "Errors". */
const statusOfCode: ReadonlyMap<string, number> = new Map(
  Object.entries({
    invalid_model: 400,
    missing_field: 400,
    invalid_field: 400,
    invalid_persona: 400,
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

/** The status of a type whose codes all mean the same. */
const statusOfType: ReadonlyMap<string, number> = new Map(
  Object.entries({ authentication_error: 401, insufficient_credits: 402, rate_limit_error: 429 }),
);

const withError = z.object({ error: z.unknown() });
const errorMembers = z.looseObject({});

/** What the `error` member of an answer says; `undefined` where there is none, or one that says nothing, such as `{}`. */
export function errorSaidIn(json: unknown): ErrorSaid | undefined {
  const { error } = withError.safeParse(json).data ?? {};
  if (typeof error === 'string' && error !== '') {
    return { message: cut(error, maxMessageCharacters) };
  }
  const { code, type, message } = errorMembers.safeParse(error).data ?? {};
  const found: ErrorSaid = {
    code: cut(code, maxCodeCharacters),
    type: cut(type, maxCodeCharacters),
    message: cut(message, maxMessageCharacters),
  };
  return Object.values(found).every((text) => text === undefined) ? undefined : found;
}

/**
 * The error in Mavera's envelope, `{"error": {message, type, code, param}}`. It is told from the errors of platforms and
 * proxies by its type, or by a code that Mavera documents.
 */
export function maveraErrorIn(json: unknown): ErrorSaid | undefined {
  const said = errorSaidIn(json);
  return said?.type !== undefined || statusOfCode.has(said?.code ?? '') ? said : undefined;
}

/**
 * The error of a call that was answered with a success: Mavera's own samples look for one in the body. The `error` of a
 * resource that was read, such as a failed focus group, belongs to the resource.
 *
 * @param isRead the call was a GET
 */
export function errorInSuccess(json: unknown, isRead: boolean): ErrorSaid | undefined {
  if (typeof json !== 'object' || json === null || !('error' in json)) {
    return undefined;
  }
  const { id, status } = json as { readonly id?: unknown; readonly status?: unknown };
  const isResource = typeof id === 'string';
  const hasFailed = !isRead && typeof status === 'string' && /^(?:failed|error)$/i.test(status);
  const said = isResource && !hasFailed ? undefined : errorSaidIn(json);
  return said && { ...said, status: documentedStatus(said) };
}

/** The documented status of an error; `undefined` for one that is not documented. */
function documentedStatus({ code, type }: ErrorSaid): number | undefined {
  return statusOfCode.get(code ?? '') ?? statusOfType.get(type ?? '');
}

/** An error as people read it: its code and its message. */
export function quoteError({ code, type, message }: ErrorSaid): string {
  return [code ?? type, message].filter((text) => text !== undefined).join(': ');
}

function cut(text: unknown, maxCharacters: number): string | undefined {
  return typeof text === 'string' && text !== '' ? text.slice(0, maxCharacters).toWellFormed() : undefined;
}
