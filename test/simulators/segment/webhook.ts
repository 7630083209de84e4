import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A received request. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A status to answer, or what to do with the response instead. */
export type Behaviour = number | ((response: ServerResponse) => void);

export const cut: Behaviour = (response) => response.socket?.destroy();
export const silence: Behaviour = () => undefined;

/** A webhook that behaves in each given way once, and then always in the last; stopped with the test. */
export async function useWebhook(...behaviours: readonly Behaviour[]): Promise<{
  readonly url: string;
  readonly received: readonly Received[];
}> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const behaviour = behaviours[Math.min(received.length, behaviours.length - 1)] ?? 200;
    const body = await text(request);
    received.push({ method: request.method, url: request.url, headers: request.headers, body });
    if (typeof behaviour === 'number') {
      response.writeHead(behaviour, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: behaviour }));
    } else {
      behaviour(response);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/segment`, received };
}
