import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { type Certificate, makeCertificate } from './certificate.ts';

/**
 * How a TLS handshake fails:
 * - `untrusted`: the certificate is self-signed, and no client trusts it
 * - `expired`: the certificate ended yesterday
 * - `old-version`: the server refuses the version of TLS
 * - `plain-http`: the server does not speak TLS
 * - `reset`: the connection is reset after the client's first message
 */
export const handshakeFaults = ['untrusted', 'expired', 'old-version', 'plain-http', 'reset'] as const;

export type HandshakeFault = (typeof handshakeFaults)[number];

/** A server that speaks TLS, and whose handshakes can fail. */
export interface TlsFront {
  readonly server: Server;
  /** In PEM: a client that trusts it accepts the server. */
  readonly certificate: string;
  /** Ends every connection. */
  endConnections(): void;
}

/** The alert `protocol_version`, as a TLS record. Source: RFC 8446, section 6. */
const protocolVersionAlert = Buffer.from('15030100020246', 'hex');
const dayMs = 86_400_000;

/**
 * Makes a server that speaks TLS on the loopback interface; it does not listen yet.
 *
 * @param takeFault how the handshake of a new connection fails; `undefined`: it succeeds
 */
export function tlsFront(
  answer: RequestListener,
  takeFault: (socket: Socket) => HandshakeFault | undefined,
): TlsFront {
  const name = 'Simulator';
  const trusted = makeCertificate({ name });
  const api = createHttpsServer({ key: keyOf(trusted), cert: trusted.cert }, answer);
  // Each call begins with a handshake, so that a fault meets the next one.
  api.maxRequestsPerSocket = 1;
  const untrusted = refusedServer(makeCertificate({ name: 'Nobody' }));
  const expired = refusedServer(
    makeCertificate({ name: 'Expired', issuer: { name, key: trusted.key }, endsAtMs: Date.now() - dayMs }),
  );
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    switch (takeFault(socket)) {
      case undefined:
        return api.emit('connection', socket);
      case 'untrusted':
        return untrusted.emit('connection', socket);
      case 'expired':
        return expired.emit('connection', socket);
      case 'old-version':
        return socket.once('data', () => socket.end(protocolVersionAlert));
      case 'plain-http':
        return socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
      case 'reset':
        return socket.once('data', () => socket.resetAndDestroy());
    }
  });
  return {
    server,
    certificate: trusted.cert,
    endConnections: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

/** A server with a certificate that clients refuse. */
function refusedServer(certificate: Certificate): TlsServer {
  return createTlsServer({ key: keyOf(certificate), cert: certificate.cert }, (socket) => socket.destroy());
}

function keyOf({ key }: Certificate): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
