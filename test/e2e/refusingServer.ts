import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Forwarder } from '../../local/iam/forwarder.ts';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { readBody } from '../../simulators/http/readBody.ts';

/** A server in front of an AWS service, which refuses some operations while a test wants it. */
export interface RefusingServer {
  /** To use instead of the other server's. */
  readonly endpoint: string;
  /**
   * Answers these operations with 503 while `work` is under way; all others are forwarded.
   *
   * @param operations such as `SendMessage`
   */
  refusing<Result>(operations: readonly string[], work: () => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/**
 * Starts a refusing server on a free port of the loopback interface.
 *
 * @param endpoint of a service with a JSON protocol
 */
export async function startRefusingServer(endpoint: string): Promise<RefusingServer> {
  const refused = new Set<string>();
  const forwarder = new Forwarder();
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    const [target = ''] = [incoming.headers['x-amz-target']].flat();
    if (refused.has(target.slice(target.lastIndexOf('.') + 1))) {
      response.writeHead(503).end();
    } else {
      forwarder.forward(incoming, body, new URL(endpoint), response, () => response.destroy());
    }
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    refusing: async (operations, work) => {
      for (const operation of operations) {
        refused.add(operation);
      }
      try {
        return await work();
      } finally {
        refused.clear();
      }
    },
    stop: async () => {
      await closeServer(server);
      forwarder.stop();
    },
  };
}
