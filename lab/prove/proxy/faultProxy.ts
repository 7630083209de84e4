import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Front, secureFront } from '../../../simulators/http/front.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import { readBody } from '../../../simulators/http/readBody.ts';
import type { HandshakeFault } from '../../../simulators/tls/tlsFront.ts';

/** A call on its way to a server. */
export interface ProxiedCall {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The port of the caller's end of the connection; it identifies the calling process. */
  readonly callerPort: number;
  /** The same object for all calls of one connection. */
  readonly connection: object;
}

/**
 * What becomes of a call:
 * - `pass`: nothing
 * - `before`, `after`: the caller dies or loses the connection before, or after, the server has acted
 * - `late`: the server acts late, when the caller has given up
 * - `answer`: something else is answered in the server's place
 * - `prefixed`: some bytes stand before the body of the server's answer
 */
export type Interference =
  | { readonly kind: 'pass' }
  | { readonly kind: 'before' | 'after'; readonly lose: () => void }
  | { readonly kind: 'late'; readonly byMs: number }
  | {
      readonly kind: 'answer';
      /** The delay before the answer. @default 0 */
      readonly afterMs?: number;
      /** Whether the server acts as well, before the answer or some time after it. @default 'never' */
      readonly serverActs?: 'never' | 'before' | { readonly afterMs: number };
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'prefixed'; readonly prefix: string };

/** A proxy in front of one server, which decides on each call. */
export interface FaultProxy {
  /** Such as `http://127.0.0.1:4321`; with `https` if handshakes can fail. */
  readonly endpoint: string;
  /** In PEM: whoever trusts it accepts the proxy. `undefined` if it does not speak TLS. */
  readonly certificate: string | undefined;
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
 * @param decideOnHandshake how the TLS handshake of a new connection fails, by the port of the caller's end; then each
 * call makes its own connection. Absent: the proxy speaks HTTP
 */
export async function startFaultProxy(
  target: string,
  decide: (call: ProxiedCall) => Interference,
  decideOnHandshake?: (callerPort: number) => HandshakeFault | undefined,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const origin = new URL(target);
  const answerCall: RequestListener = (incoming, response) => {
    handle(incoming, response, { agent, origin, decide }).catch(() => response.destroy());
  };
  const takeFault = decideOnHandshake && (({ remotePort = 0 }: Socket) => decideOnHandshake(remotePort));
  const front =
    takeFault === undefined ? steadyFront(answerCall) : secureFront('fault', answerCall, takeFault);
  const port = await front.listen(0);
  return {
    endpoint: `${front.scheme}://127.0.0.1:${port}`,
    certificate: front.certificate,
    stop: async () => {
      await front.stop();
      agent.destroy();
    },
  };
}

/** A front that never closes idle connections, so that no call meets a closing one. */
function steadyFront(answerCall: RequestListener): Front {
  const server = createServer(answerCall);
  server.keepAliveTimeout = 0;
  return {
    scheme: 'http',
    certificate: undefined,
    listen: (port) => listen(server, port),
    stop: () => closeServer(server),
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
    case 'prefixed': {
      const { status, headers, body: read } = await forward(incoming, body, surroundings);
      const prefixed = Buffer.concat([Buffer.from(interference.prefix), read]);
      return answer(response, { status, headers: withoutLength(headers), body: prefixed });
    }
    case 'answer':
      return await answerInstead(incoming, body, interference, surroundings, response);
  }
}

async function answerInstead(
  incoming: IncomingMessage,
  body: Buffer,
  instead: Extract<Interference, { readonly kind: 'answer' }>,
  surroundings: Surroundings,
  response: ServerResponse,
): Promise<void> {
  const { afterMs = 0, serverActs = 'never', status, headers } = instead;
  await sleep(afterMs);
  if (serverActs === 'before') {
    await forward(incoming, body, surroundings);
  }
  answer(response, { status, headers, body: Buffer.from(instead.body) });
  if (typeof serverActs === 'object') {
    await sleep(serverActs.afterMs);
    await forward(incoming, body, surroundings);
  }
}

function withoutLength({
  'content-length': _,
  ...headers
}: IncomingMessage['headers']): IncomingMessage['headers'] {
  return headers;
}

/** @param caller the call ends when this caller goes away. Absent: the server acts whether anybody waits or not */
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
