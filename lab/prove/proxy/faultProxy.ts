import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';

/** A call on its way to a server. */
export interface ProxiedCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Port of the caller's end of the connection, by which the calling process is found. */
  readonly callerPort: number;
  /** The same object for all calls of one connection. */
  readonly connection: object;
}

/**
 * What becomes of a call: nothing; the caller dies or loses the connection before or after the server has acted; the
 * server acts late, when the caller has long given up; or something else is answered in the server's place.
 */
export type Interference =
  | { readonly kind: 'pass' }
  | { readonly kind: 'before' | 'after'; readonly lose: () => void }
  | { readonly kind: 'late'; readonly byMs: number }
  | {
      readonly kind: 'answer';
      /** How long it takes. @default 0 */
      readonly afterMs?: number;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** A proxy in front of one server, which decides on each call. */
export interface FaultProxy {
  /** Such as `http://127.0.0.1:4321`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/**
 * Starts a proxy on a free port of the loopback interface.
 *
 * @param target origin of the server, such as `http://127.0.0.1:8000`
 * @param decide what becomes of each call
 */
export async function startFaultProxy(
  target: string,
  decide: (call: ProxiedCall) => Interference,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const origin = new URL(target);
  const server = createServer((incoming, response) => {
    handle(incoming, response, { agent, origin, decide }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
}

interface Surroundings {
  readonly agent: Agent;
  readonly origin: URL;
  readonly decide: (call: ProxiedCall) => Interference;
}

async function handle(
  incoming: IncomingMessage,
  response: ServerResponse,
  surroundings: Surroundings,
): Promise<void> {
  const body = await readBody(incoming);
  const interference = surroundings.decide({
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: incoming.headers,
    body: body.toString('utf8'),
    callerPort: incoming.socket.remotePort ?? 0,
    connection: incoming.socket,
  });
  switch (interference.kind) {
    case 'pass':
      return answer(response, await forward(incoming, body, surroundings, response));
    case 'before':
      interference.lose();
      response.destroy();
      return;
    case 'after':
      await forward(incoming, body, surroundings);
      interference.lose();
      response.destroy();
      return;
    case 'late':
      await sleep(interference.byMs);
      return answer(response, await forward(incoming, body, surroundings));
    case 'answer':
      await sleep(interference.afterMs ?? 0);
      response.writeHead(interference.status, interference.headers).end(interference.body);
  }
}

/** @param caller a caller whose going away ends the call; absent: the server acts whether anybody waits or not */
function forward(
  incoming: IncomingMessage,
  body: Buffer,
  { agent, origin }: Surroundings,
  caller?: ServerResponse,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { 'transfer-encoding': _, connection: _connection, ...headers } = incoming.headers;
  const outgoing = request({
    agent,
    host: origin.hostname,
    port: origin.port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, 'content-length': body.length },
  });
  outgoing.on('response', (upstream) => {
    readBody(upstream).then(
      (read) => resolve({ status: upstream.statusCode ?? 502, headers: upstream.headers, body: read }),
      reject,
    );
  });
  outgoing.on('error', reject);
  caller?.on('close', () => {
    if (!caller.writableFinished) {
      outgoing.destroy();
    }
  });
  outgoing.end(body);
  return promise;
}

function answer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (!response.destroyed) {
    response.writeHead(status, headers).end(body);
  }
}
