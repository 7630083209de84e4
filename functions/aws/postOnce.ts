import type { IncomingMessage } from 'node:http';
import { agents, http, https } from './connections.ts';

/** A POST. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer to a POST, whatever its status. */
export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * Posts once, on the connections that the clients of AWS use.
 *
 * @param timeouts of the connection, and of the whole
 * @throws Error when there is no answer in time: a `TimeoutError`, or what the connection failed with
 */
export function postOnce(
  { url, headers, body }: Post,
  timeouts: { readonly connectMs: number; readonly answerMs: number },
): Promise<PostAnswer> {
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).request(
      url,
      { method: 'POST', headers, agent: isSecure ? agents.httpsAgent : agents.httpAgent },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') });
        });
      },
    );
    const giveUpAfter = (ms: number, what: string): NodeJS.Timeout =>
      setTimeout(() => {
        const error = new Error(`${url.host} ${what} within ${ms} ms`);
        request.destroy(Object.assign(error, { name: 'TimeoutError' }));
      }, ms);
    const answering = giveUpAfter(timeouts.answerMs, 'did not answer');
    request.on('close', () => clearTimeout(answering));
    request.on('socket', (socket) => {
      if (socket.connecting) {
        const connecting = giveUpAfter(timeouts.connectMs, 'could not be connected');
        socket.once('connect', () => clearTimeout(connecting));
        request.on('close', () => clearTimeout(connecting));
      }
    });
    request.on('error', reject);
    request.end(body);
  });
}
