import { Refusal } from '../../http/refusal.ts';

/** GUESS: which code a status has, and the sentences, except those of 404. */
const usual: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['invalid_request_error', 'The request is not valid.'],
  401: ['authentication_error', 'The access token is not valid for this space.'],
  403: ['authentication_error', 'The access token may not do this.'],
  404: ['not_found', 'Profile was not found.'],
  429: ['rate_limit_error', 'Too many requests.'],
  500: ['internal_error', 'Internal server error.'],
};

/** `{"error": {"code", "message"}}`. Source: Segment, "Profile API", errors. */
export function profileProblem(status: number, code?: string, message?: string): object {
  const [usualCode, usualMessage] = usual[status] ?? ['internal_error', 'Error.'];
  return { error: { code: code ?? usualCode, message: message ?? usualMessage } };
}

export function profileNotFound(): Refusal {
  return new Refusal(404, profileProblem(404));
}

/** @param message what is wrong with the query */
export function invalidQuery(message: string): Refusal {
  return new Refusal(400, profileProblem(400, 'validation_error', message));
}
