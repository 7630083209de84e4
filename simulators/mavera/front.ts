import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { close, closeServer, listen } from '../http/listen.ts';
import { type HandshakeFault, tlsFront } from '../tls/tlsFront.ts';

/** What clients connect to. */
export interface Front {
  readonly scheme: 'http' | 'https';
  /** In PEM, where it speaks TLS. */
  readonly certificate: string | undefined;
  /** @returns the port */
  listen(port: number): Promise<number>;
  stop(): Promise<void>;
}

/** A front without TLS. */
export function plainFront(answer: RequestListener): Front {
  const server = createServer(answer);
  return {
    scheme: 'http',
    certificate: undefined,
    listen: (port) => listenOrExplain(() => listen(server, port), port),
    stop: () => closeServer(server),
  };
}

/** A front whose handshakes can fail. */
export function secureFront(
  answer: RequestListener,
  takeFault: (socket: Socket) => HandshakeFault | undefined,
): Front {
  const { server, certificate, endConnections } = tlsFront(answer, takeFault);
  return {
    scheme: 'https',
    certificate,
    listen: (port) => listenOrExplain(() => listen(server, port), port),
    stop: () => close(server, endConnections),
  };
}

async function listenOrExplain(start: () => Promise<number>, port: number): Promise<number> {
  try {
    return await start();
  } catch (error) {
    throw new Error(
      `The Mavera simulator cannot listen on port ${port}: choose another one, or 0 for any free port.`,
      { cause: error },
    );
  }
}
