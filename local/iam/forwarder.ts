import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { localCredentials } from '../account/account.ts';

/** Forwards requests to the servers behind the gateway, over keep-alive connections. */
export class Forwarder {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });

  /**
   * Forwards a request, and streams the answer back. The access key id becomes that of the local system, because some
   * servers keep separate tables for each; none of them checks the signature.
   *
   * @param onError called when the server cannot be reached.
   */
  forward(
    incoming: IncomingMessage,
    body: Buffer,
    endpoint: URL,
    response: ServerResponse,
    onError: (error: Error) => void,
  ): void {
    const options = {
      host: endpoint.hostname,
      port: endpoint.port,
      method: incoming.method ?? 'POST',
      path: endpoint.pathname.replace(/\/$/, '') + (incoming.url ?? '/'),
      headers: forwardedHeaders(incoming, body, endpoint),
    };
    const outgoing =
      endpoint.protocol === 'https:'
        ? httpsRequest({ ...options, agent: this.#https })
        : httpRequest({ ...options, agent: this.#http });
    outgoing.on('response', (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers);
      upstream.on('error', () => response.destroy());
      upstream.pipe(response);
    });
    outgoing.on('error', onError);
    response.on('close', () => {
      // The function or the mapping that made the call has ended.
      if (!response.writableFinished) {
        outgoing.destroy();
      }
    });
    outgoing.end(body);
  }

  stop(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function forwardedHeaders(
  incoming: IncomingMessage,
  body: Buffer,
  endpoint: URL,
): Record<string, string | string[] | number> {
  const { authorization, 'transfer-encoding': _, ...headers } = incoming.headers;
  const credential = `Credential=${localCredentials.accessKeyId}`;
  return Object.fromEntries(
    Object.entries({
      ...headers,
      authorization: authorization?.replace(/Credential=[^/]+/, credential),
      host: endpoint.host,
      'content-length': body.length,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
