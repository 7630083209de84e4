import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';

/**
 * Lets a server listen on a port of the loopback interface.
 *
 * @param port 0 for any free one.
 * @returns the port.
 * @throws the error of the operating system, such as `EADDRINUSE`.
 */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError('the server has no port');
  }
  return address.port;
}

/** Closes a server with all its connections. */
export async function closeServer(server: HttpServer): Promise<void> {
  await close(server, () => server.closeAllConnections());
}

/** Closes a server; `endConnections` must end all its connections. */
export async function close(server: Server, endConnections: () => void): Promise<void> {
  if (!server.listening) {
    return;
  }
  const closed = once(server, 'close');
  server.close();
  endConnections();
  await closed;
}
