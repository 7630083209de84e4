/** One error of SendGrid. */
export interface SendGridProblem {
  readonly message: string;
  /** The request's field that is wrong. */
  readonly field?: string | null;
  /** The webhook that has the URL already. */
  readonly id?: string;
  readonly url?: string;
}

/** `{"errors": [{message, …}]}`. Source: OpenAPI of SendGrid, "ErrorResponse". */
export function problem(error: SendGridProblem): { readonly errors: readonly SendGridProblem[] } {
  return { errors: [error] };
}

/** GUESS: the messages; that of 429 is documented. */
const usualMessages: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'The provided authorization grant is invalid, expired, or revoked',
  403: 'access forbidden',
  404: 'not found',
  405: 'method not allowed',
  413: 'request entity too large',
  429: 'too many requests',
  500: 'internal server error',
};

/** The usual error of a status. */
export function usualProblem(status: number, message = usualMessages[status] ?? 'error'): object {
  return problem({ field: null, message });
}
