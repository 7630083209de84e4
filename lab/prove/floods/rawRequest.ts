import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came back: a status, or nothing before the connection ended or was given up. */
export type Answer = number | 'none';

/** The bytes of a request, sent as they are: a client of HTTP would not let most floods out. */
export interface RawRequest {
  /** Request line and headers, without the empty line. */
  readonly head: readonly string[];
  readonly body: readonly (string | Buffer)[];
  /** Between two pieces of the body. @default none */
  readonly pauseMs?: number;
  /** Leaves out the empty line that ends the headers. @default false */
  readonly headNeverEnds?: boolean;
  /** Says that nothing more comes when all is sent, as a sender that goes away does. @default false */
  readonly hangsUp?: boolean;
  /** How long an answer is waited for. @default 2 minutes, longer than any invocation lives */
  readonly patienceMs?: number;
}

const defaultPatienceMs = 120_000;
const statusLine = /^HTTP\/1\.1 (\d{3}) /;

/** Sends a request over a connection of its own. @returns never rejects: what does not answer is `none` */
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

/** Waits until the piece is on its way, so that a slow reader holds the sender back. */
async function write(socket: Socket, piece: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.write(piece, (error) => (error ? reject(error) : resolve()));
  await promise;
}
