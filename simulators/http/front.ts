import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { type HandshakeFault, tlsFront } from '../tls/tlsFront.ts';
import { close, closeServer, listen } from './listen.ts';

/** What clients connect to. */
export interface Front {
  readonly scheme: 'http' | 'https';
  /** In PEM, where it speaks TLS. */
  readonly certificate: string | undefined;
  /** @returns the port */
  listen(port: number): Promise<number>;
  stop(): Promise<void>;
}

/** A front without TLS. @param name for messages, such as `SegOps` */
export function plainFront(name: string, answer: RequestListener): Front {
  const server = createServer(answer);
  return {
    scheme: 'http',
    certificate: undefined,
    listen: (port) => listenOrExplain(() => listen(server, port), name, port),
    stop: () => closeServer(server),
  };
}

/** A front whose handshakes can fail. @param name for messages */
export function secureFront(
  name: string,
  answer: RequestListener,
  takeFault: (socket: Socket) => HandshakeFault | undefined,
): Front {
  const { server, certificate, endConnections } = tlsFront(answer, takeFault);
  return {
    scheme: 'https',
    certificate,
    listen: (port) => listenOrExplain(() => listen(server, port), name, port),
    stop: () => close(server, endConnections),
  };
}

async function listenOrExplain(start: () => Promise<number>, name: string, port: number): Promise<number> {
  try {
    return await start();
  } catch (error) {
    throw new Error(
      `The ${name} simulator cannot listen on port ${port}: choose another one, or 0 for any free port.`,
      { cause: error },
    );
  }
}
