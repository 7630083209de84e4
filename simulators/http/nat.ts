import { connect, createServer, type Socket } from 'node:net';
import { close, listen } from './listen.ts';

/**
 * How a NAT drops a connection, which neither end is told:
 * - `silent`: what the client sends is lost, and no answer comes
 * - `reset`: the client learns it when it sends again
 */
export type ConnectionDeath = 'silent' | 'reset';

/** A NAT in front of a server. */
export interface Nat {
  /** To use instead of the server's, such as `http://127.0.0.1:4321`. */
  readonly endpoint: string;
  /** How many connections have been opened through it. */
  readonly opened: number;
  /** Drops every connection that is idle now: no request is under way on it. New ones work. @returns how many */
  drop(how: ConnectionDeath): number;
  stop(): Promise<void>;
}

/**
 * Starts a NAT on a free port of the loopback interface. A NAT gateway of AWS forgets a connection that was idle for 350 s;
 * the client and the server still think that it is open.
 *
 * Source: Amazon VPC user guide, "Troubleshoot NAT gateways".
 *
 * @param target the endpoint of the server, such as `http://127.0.0.1:8000`
 */
export async function startNat(target: string): Promise<Nat> {
  const { protocol, hostname, port } = new URL(target);
  const open = new Map<Socket, Connection>();
  let opened = 0;
  const server = createServer((client) => {
    opened += 1;
    open.set(client, new Connection(client, connect(Number(port), hostname)));
    client.on('close', () => open.delete(client));
  });
  return {
    endpoint: `${protocol}//127.0.0.1:${await listen(server, 0)}`,
    get opened() {
      return opened;
    },
    drop: (how) => {
      const connections = [...open.values()].filter(({ isIdle }) => isIdle);
      for (const connection of connections) {
        connection.drop(how);
      }
      return connections.length;
    },
    stop: () =>
      close(server, () => {
        for (const connection of open.values()) {
          connection.end();
        }
      }),
  };
}

/** A connection through the NAT. */
class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  #isWaiting = true;
  #isDropped = false;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    client.pipe(server).pipe(client);
    client.on('data', () => {
      this.#isWaiting = true;
    });
    server.on('data', () => {
      this.#isWaiting = false;
    });
    for (const socket of [client, server]) {
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => server.destroy());
    server.on('close', () => {
      if (!this.#isDropped) {
        client.destroy();
      }
    });
  }

  /** Whether the server was the last to send. */
  get isIdle(): boolean {
    return !this.#isWaiting && !this.#isDropped;
  }

  drop(how: ConnectionDeath): void {
    this.#isDropped = true;
    this.#client.unpipe(this.#server);
    this.#server.unpipe(this.#client);
    this.#server.destroy();
    this.#client.on('data', () => {
      if (how === 'reset') {
        this.#client.resetAndDestroy();
      }
    });
    this.#client.resume();
  }

  end(): void {
    this.#client.destroy();
    this.#server.destroy();
  }
}
