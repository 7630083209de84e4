import type { ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';

type Headers = Readonly<Record<string, string>>;

/** What is sent as it is, and not as JSON: a file, or a page. */
export interface ReplyFile {
  readonly type: string;
  /** Its bytes. Called once, when it is sent. */
  readonly open: () => Readable;
}

/** An answer of an API. */
export interface ApiAnswer {
  readonly status: number;
  /** Sent as JSON; `undefined`: nothing is sent. With a file it is what the call log has. */
  readonly body: unknown;
  readonly headers?: Headers;
  readonly file?: ReplyFile;
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
      /** Sent instead of the text. */
      readonly file?: ReplyFile | undefined;
      /** Only the beginning of the file is sent. */
      readonly isCutShort?: true;
    }
  | { readonly kind: 'cut' };

/** The reply that has an answer as JSON, or its file. */
export function jsonReply({ status, body, headers, file }: ApiAnswer): Reply {
  const hasBody = body !== undefined;
  const type = file?.type ?? (hasBody ? 'application/json' : undefined);
  return {
    kind: 'answer',
    status,
    headers: { ...(type === undefined ? {} : { 'Content-Type': type }), ...headers },
    text: hasBody ? JSON.stringify(body) : '',
    body,
    file,
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
  if (reply.file === undefined) {
    response.end(reply.text);
  } else {
    sendFile(response, reply.file.open(), reply.isCutShort === true);
  }
}

/** A client that goes away ends the file. */
function sendFile(response: ServerResponse, file: Readable, isCutShort: boolean): void {
  if (isCutShort) {
    file.once('data', (chunk: Buffer) => {
      file.destroy();
      response.write(chunk.subarray(0, Math.ceil(chunk.length / 2)), () => response.destroy());
    });
  } else {
    pipeline(file, response, () => undefined);
  }
}
