import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A status, or `none` if the connection ended or timed out before. */
export type Answer = number | 'none';

/** The bytes of a request, sent as they are: an HTTP client would refuse to send most floods. */
export interface RawRequest {
  /** Request line and headers, without the empty line. */
  readonly head: readonly string[];
  readonly body: readonly (string | Buffer)[];
  /** The pause between two pieces of the body. @default no pause */
  readonly pauseMs?: number;
  /** Leaves out the empty line that ends the headers. @default false */
  readonly headNeverEnds?: boolean;
  /** Closes the sending side when all is sent, as a sender that goes away does. @default false */
  readonly hangsUp?: boolean;
  /** How long an answer is waited for. @default 2 minutes, longer than any invocation lives */
  readonly patienceMs?: number;
}

const defaultPatienceMs = 120_000;
const statusLine = /^HTTP\/1\.1 (\d{3}) /;

/** Sends a request over its own connection. Never rejects: without an answer it returns `none`. */
export async function sendRaw(url: URL, request: RawRequest): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
  const patience = setTimeout(() => resolve('none'), request.patienceMs ?? defaultPatienceMs);
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    received = (received + text).slice(0, 32);
    const status = statusLine.exec(received)?.[1];
    if (status !== undefined) {
      resolve(Number(status));
    }
  });
  for (const ending of ['error', 'end', 'close']) {
    socket.on(ending, () => resolve('none'));
  }
  const answered = new AbortController();
  writeAll(socket, request, answered.signal).catch(() => resolve('none'));
  const answer = await promise;
  clearTimeout(patience);
  answered.abort();
  socket.destroy();
  return answer;
}

async function writeAll(socket: Socket, request: RawRequest, answered: AbortSignal): Promise<void> {
  const { head, body, pauseMs = 0, headNeverEnds = false, hangsUp = false } = request;
  await write(socket, Buffer.from(`${head.join('\r\n')}\r\n${headNeverEnds ? '' : '\r\n'}`, 'latin1'));
  for (const piece of body) {
    if (answered.aborted) {
      return;
    }
    if (pauseMs > 0) {
      await sleep(pauseMs);
    }
    await write(socket, typeof piece === 'string' ? Buffer.from(piece) : piece);
  }
  if (hangsUp) {
    socket.end();
  }
}

/** Waits until the piece is written, so that a slow reader slows the sender. */
async function write(socket: Socket, piece: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.write(piece, (error) => (error ? reject(error) : resolve()));
  await promise;
}
