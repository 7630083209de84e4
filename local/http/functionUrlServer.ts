import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../simulators/http/listen.ts';
import { readLimitedBody } from '../../simulators/http/readBody.ts';
import type { InvocationResult } from '../lambda/invocationResult.ts';
import { LocalSystemError } from '../localSystemError.ts';
import { functionUrlEvent } from './functionUrlEvent.ts';
import { type FunctionUrlResponse, functionUrlResponse, payloadTooLarge } from './functionUrlResponse.ts';

/** The HTTP front of a function. */
export interface FunctionUrlServer {
  /** Such as `http://127.0.0.1:8787/`. */
  readonly url: string;
  /** Sets the function; earlier requests wait for it. */
  open(invoke: Invoke): void;
  stop(): Promise<void>;
}

/** Invokes the function with an event as JSON text. */
export type Invoke = (event: string) => Promise<InvocationResult>;

/** The size limit of an invocation; a larger body never reaches the function. */
const maxBodyBytes = 6 * 1024 * 1024;

/**
 * Starts the HTTP front of a function on the loopback interface, which behaves as a Function URL.
 *
 * @param port 0 for any free one.
 * @throws {LocalSystemError} when the port is in use or not allowed.
 */
export async function startFunctionUrl(port: number): Promise<FunctionUrlServer> {
  const opened = Promise.withResolvers<Invoke>();
  const server = createServer((incoming, response) => {
    respond(incoming, response, async (event) => (await opened.promise)(event)).catch(() =>
      response.destroy(),
    );
  });
  const listeningPort = await listen(server, port).catch((error: NodeJS.ErrnoException) => {
    throw portError(port, error);
  });
  return {
    url: `http://127.0.0.1:${listeningPort}/`,
    open: opened.resolve,
    stop: () => closeServer(server),
  };
}

function portError(port: number, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new LocalSystemError(
        `PORT ${port} is in use: set PORT to another port, or to 0 for any free one`,
      );
    case 'EACCES':
      return new LocalSystemError(
        `PORT ${port} is not allowed for this user: set PORT to one above 1023, or to 0 for any free one`,
      );
    default:
      return error;
  }
}

async function respond(incoming: IncomingMessage, response: ServerResponse, invoke: Invoke): Promise<void> {
  const receivedAtMs = Date.now();
  const requestId = randomUUID();
  const body = await readLimitedBody(incoming, maxBodyBytes);
  if (body === undefined) {
    send(response, requestId, payloadTooLarge);
    return;
  }
  const event = functionUrlEvent(
    {
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      httpVersion: incoming.httpVersion,
      rawHeaders: incoming.rawHeaders,
      body,
      sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    },
    { requestId, receivedAtMs },
  );
  send(response, requestId, functionUrlResponse(await invoke(JSON.stringify(event))));
}

function send(response: ServerResponse, requestId: string, answer: FunctionUrlResponse): void {
  const { status, headers, cookies, body } = answer;
  response
    .writeHead(status, {
      ...headers,
      'content-length': body.length,
      'x-amzn-requestid': requestId,
      ...(cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }),
    })
    .end(body);
}
