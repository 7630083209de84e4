import type { Agent as HttpAgent } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Not imported: an import reads all exports of a module, and those of `node:http` include Node's WebSocket client. It
 * takes 40 ms to load, a third of what the receiver's import took with it.
 */
export const http = process.getBuiltinModule('node:http');
export const https = process.getBuiltinModule('node:https');

/**
 * The pause between two invocations after which no connection is used again. Lambda freezes the environment meanwhile, so
 * it does not see that a connection ends. A NAT gateway drops one after 350 s and does not say so. Servers close theirs
 * earlier.
 */
const longestPauseMs = 60_000;

/** As many as the SDK's own agents have. */
const options = { keepAlive: true, maxSockets: 50 };

/** The connections of all AWS clients of a function, for the SDK's `requestHandler`. */
export const agents = {
  httpAgent: closeTogether(new http.Agent(options)),
  httpsAgent: closeTogether(new https.Agent(options)),
} as const;

let begunAtMs: number | undefined;

/** Begins an invocation: after a long pause it closes the connections that are idle, since they may be dead. */
export function renewConnections(nowMs: number): void {
  if (begunAtMs !== undefined && nowMs - begunAtMs > longestPauseMs) {
    closeIdle(agents.httpAgent);
    closeIdle(agents.httpsAgent);
  }
  begunAtMs = nowMs;
}

/**
 * Closes all idle connections when one of them ends: what has ended one has most likely ended them all. So a call that
 * fails on a dead connection is tried again on a new one; otherwise all its attempts may take dead ones.
 */
function closeTogether<Agent extends HttpAgent>(agent: Agent): Agent {
  const watched = new WeakSet<Duplex>();
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    if (!watched.has(socket)) {
      watched.add(socket);
      socket.once('close', () => closeIdle(agent));
    }
    return keep(socket);
  };
  return agent;
}

function closeIdle(agent: HttpAgent): void {
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) {
    socket.destroy();
  }
}
