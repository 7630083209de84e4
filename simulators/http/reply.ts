import type { ServerResponse } from 'node:http';

type Headers = Readonly<Record<string, string>>;

/** An answer of an API. */
export interface ApiAnswer {
  readonly status: number;
  /** Sent as JSON; `undefined`: nothing is sent. */
  readonly body: unknown;
  readonly headers?: Headers;
}

/** What is sent, or that the connection is cut instead. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
      /** What the text represents, for the log. */
      readonly body: unknown;
      /** A gateway sends it, so it has none of the API's headers. */
      readonly isGateways?: true;
    }
  | { readonly kind: 'cut' };

/** The reply that has an answer as JSON. */
export function jsonReply({ status, body, headers }: ApiAnswer): Reply {
  const hasBody = body !== undefined;
  return {
    kind: 'answer',
    status,
    headers: { ...(hasBody ? { 'Content-Type': 'application/json' } : {}), ...headers },
    text: hasBody ? JSON.stringify(body) : '',
    body,
  };
}

/**
 * Sends a reply, or cuts the connection.
 *
 * @param headers that every answer of the API has
 */
export function sendReply(response: ServerResponse, reply: Reply, headers: Headers): void {
  if (reply.kind === 'cut') {
    response.socket?.destroy();
    return;
  }
  const common = reply.isGateways === true ? {} : headers;
  response.writeHead(reply.status, { ...common, ...reply.headers });
  response.end(reply.text);
}
