import type { ServerResponse } from 'node:http';
import { ApiError } from './apiError.ts';
import type { ApiAnswer } from './route.ts';

/** What is sent, or that the connection is cut instead. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      /** What the text represents, for the log. */
      readonly body: unknown;
      /** A gateway sends it, so it has none of Mavera's headers. */
      readonly isGateways?: true;
    }
  | { readonly kind: 'cut' };

export function jsonReply(answer: ApiAnswer, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    kind: 'answer',
    status: answer.status,
    headers: { 'Content-Type': 'application/json', ...headers },
    text: JSON.stringify(answer.body),
    body: answer.body,
  };
}

/** The answer to an error: the refusal of an {@link ApiError}, or 500 for any other. */
export function errorReply(error: unknown): Reply {
  const known = error instanceof ApiError ? error : new ApiError('internal_error');
  return jsonReply({ status: known.status, body: known.body }, known.headers);
}

/**
 * Sends a reply, or cuts the connection.
 *
 * @param headers that every answer of Mavera has
 */
export function sendReply(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): void {
  if (reply.kind === 'cut') {
    response.socket?.destroy();
    return;
  }
  const common = reply.isGateways === true ? {} : headers;
  response.writeHead(reply.status, { ...common, ...reply.headers });
  response.end(reply.text);
}
