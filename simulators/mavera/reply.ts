import type { ServerResponse } from 'node:http';
import { ApiError, errorBodyFor } from './apiError.ts';
import type { CheckedFault } from './fault.ts';
import type { ApiAnswer } from './route.ts';

/** What is sent, or that the connection is cut instead. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      /** What the text stands for, for the log. */
      readonly body: unknown;
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

/** The answer to whatever a call threw: its own refusal, or 500 for what nobody foresaw. */
export function errorReply(error: unknown): Reply {
  const known = error instanceof ApiError ? error : new ApiError('internal_error');
  return jsonReply({ status: known.status, body: known.body }, known.headers);
}

/** The reply of a fault that keeps the work from being done; `undefined` for those that let it be done. */
export function replyBeforeWork(fault: CheckedFault): Reply | undefined {
  switch (fault.kind) {
    case 'status': {
      const headers: Record<string, string> = {};
      if (fault.retryAfter !== undefined) {
        headers['Retry-After'] = String(fault.retryAfter);
      }
      const body = errorBodyFor(fault.status, fault.code, fault.message);
      return jsonReply({ status: fault.status, body }, headers);
    }
    case 'html': {
      const text = `<!DOCTYPE html><html><head><title>${fault.status}</title></head><body><h1>${fault.status} Bad Gateway</h1></body></html>\n`;
      return {
        kind: 'answer',
        status: fault.status,
        headers: { 'Content-Type': 'text/html' },
        text,
        body: text,
      };
    }
    case 'error-in-200':
      return jsonReply({ status: 200, body: errorBodyFor(500, fault.code, fault.message) });
    case 'cut-before':
      return { kind: 'cut' };
    default:
      return undefined;
  }
}

/** What a fault makes of the reply once the work is done. */
export function replyAfterWork(reply: Reply, fault: CheckedFault | undefined): Reply {
  if (fault?.kind === 'cut-after') {
    return { kind: 'cut' };
  }
  if (fault?.kind === 'truncated' && reply.kind === 'answer') {
    const text = reply.text.slice(0, Math.floor(reply.text.length / 2));
    return { ...reply, text, body: text };
  }
  return reply;
}

/** Sends a reply, or cuts the connection. */
export function sendReply(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): void {
  if (reply.kind === 'cut') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(reply.status, { ...headers, ...reply.headers });
  response.end(reply.text);
}
