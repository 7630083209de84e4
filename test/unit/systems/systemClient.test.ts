import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CallAnswer } from '../../../functions/systems/callAnswer.ts';
import { SystemClient, type SystemRequest } from '../../../functions/systems/systemClient.ts';
import { listen } from '../../../simulators/http/listen.ts';
import { startNat } from '../../../simulators/http/nat.ts';
import { handshakeFaults, tlsFront } from '../../../simulators/tls/tlsFront.ts';

const ask: SystemRequest = { method: 'POST', path: '/mave/chat', body: { message: 'Why?' } };
const success = '{"id":"msg_1","thread_id":"t_1","content":"They left …"}';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  vi.unstubAllGlobals();
  for (const cleanUp of cleanUps.splice(0)) {
    cleanUp();
  }
});

function clientOf(baseUrl: string, timeoutMs = 60_000): SystemClient {
  return new SystemClient({ system: 'mavera', baseUrl, timeoutMs, now: Date.now });
}

/** Lets a server listen until the end of the test. */
async function portOf(server: Server): Promise<number> {
  const port = await listen(server, 0);
  cleanUps.push(() => server.close());
  return port;
}

/** Answers over HTTP as the listener does. */
async function callHttp(listener: RequestListener, request = ask): Promise<CallAnswer> {
  const server = createHttpServer(listener);
  const port = await portOf(server);
  cleanUps.push(() => server.closeAllConnections());
  return await clientOf(`http://127.0.0.1:${port}/api/v1`).call(request, 'mvra_live_0123456789');
}

/** Answers over TCP: `meet` gets each connection. */
async function callTcp(protocol: 'http' | 'https', meet: (socket: Socket) => void): Promise<CallAnswer> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    cleanUps.push(() => socket.destroy());
    meet(socket);
  });
  return await clientOf(`${protocol}://127.0.0.1:${await portOf(server)}`).call(ask, 'a key');
}

/** What the client makes of an error that fetch rejects with. */
async function callFailing(error: Error): Promise<CallAnswer> {
  vi.stubGlobal('fetch', async () => {
    throw error;
  });
  return await clientOf('https://mavera.example').call(ask, 'a key');
}

describe('a connection that cannot be made', () => {
  it.each(handshakeFaults)('Mavera is unreachable when the TLS handshake fails: %s', async (fault) => {
    const requests: string[] = [];
    const front = tlsFront(
      ({ url = '' }, response) => {
        requests.push(url);
        response.end(success);
      },
      () => fault,
    );
    cleanUps.push(() => front.endConnections());
    const client = clientOf(`https://127.0.0.1:${await portOf(front.server)}`);
    expect(await client.call(ask, 'a key')).toEqual({
      kind: 'unreachable',
      detail: expect.stringMatching(/^Could not connect to Mavera: [A-Z_0-9]+$/),
    });
    expect(requests).toEqual([]);
    expect(client.requests).toEqual({ made: 0, throttled: 0 });
  });

  it('Mavera is unreachable when the connection is closed during the TLS handshake', async () => {
    expect(await callTcp('https', (socket) => socket.end())).toMatchObject({ kind: 'unreachable' });
  });

  it('Mavera is unreachable when an HTTP server answers on the TLS port', async () => {
    const server = createHttpServer((_request, response) => response.end(success));
    const client = clientOf(`https://127.0.0.1:${await portOf(server)}`);
    expect(await client.call(ask, 'a key')).toMatchObject({ kind: 'unreachable' });
  });

  it('Mavera is unreachable when its name does not resolve', async () => {
    expect(await clientOf('https://something.invalid/api/v1').call(ask, 'a key')).toEqual({
      kind: 'unreachable',
      detail: expect.stringMatching(/^Could not connect to Mavera: (?:ENOTFOUND|EAI_AGAIN)$/),
    });
  });

  it('Mavera is unreachable when nothing listens on its port', async () => {
    const server = createServer();
    const port = await listen(server, 0);
    await new Promise((closed) => server.close(closed));
    expect(await clientOf(`http://127.0.0.1:${port}`).call(ask, 'a key')).toEqual({
      kind: 'unreachable',
      detail: 'Could not connect to Mavera: ECONNREFUSED',
    });
  });

  it('Mavera is unreachable when every address of its host times out', async () => {
    const timedOut = ['192.0.2.1', '192.0.2.2'].map((address) =>
      Object.assign(new Error(`connect ETIMEDOUT ${address}:443`), {
        code: 'ETIMEDOUT',
        syscall: 'connect',
        address,
      }),
    );
    const cause = Object.assign(new AggregateError(timedOut), { code: 'ETIMEDOUT' });
    expect(await callFailing(new TypeError('fetch failed', { cause }))).toEqual({
      kind: 'unreachable',
      detail: 'Could not connect to Mavera: ETIMEDOUT',
    });
  });

  it.each([
    ['connect', 'EHOSTUNREACH'],
    ['connect', 'ETIMEDOUT'],
    ['getaddrinfo', 'EAI_AGAIN'],
  ])('Mavera is unreachable after a failed %s: %s', async (syscall, code) => {
    const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
    expect(await callFailing(new TypeError('fetch failed', { cause }))).toMatchObject({
      kind: 'unreachable',
    });
  });
});

describe('a connection that breaks', () => {
  it('no call meets a connection that died after the call before it', async () => {
    const server = createHttpServer((_incoming, response) => response.end(success));
    const nat = await startNat(`http://127.0.0.1:${await portOf(server)}`);
    const client = clientOf(nat.endpoint);
    cleanUps.push(() => nat.stop());
    for (const _call of [1, 2, 3]) {
      expect(await client.call(ask, 'a key')).toMatchObject({ kind: 'answered' });
      await setImmediate();
      nat.drop('reset');
    }
  });

  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('the answer is lost when the connection is %s after the request', async (_what, end) => {
    expect(await callTcp('http', (socket) => socket.once('data', () => end(socket)))).toEqual({
      kind: 'lost',
      detail: expect.stringMatching(/^The connection to Mavera broke: (?:UND_ERR_SOCKET|ECONNRESET)$/),
    });
  });

  it('the answer is lost when half of it arrives', async () => {
    const answer = await callHttp((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write(success.slice(0, 10), () => response.socket?.destroy());
    });
    expect(answer).toMatchObject({ kind: 'lost' });
  });

  it('the answer is lost when none comes in time', async () => {
    const server = createServer((socket) => cleanUps.push(() => socket.destroy()));
    const client = clientOf(`http://127.0.0.1:${await portOf(server)}`, 50);
    expect(await client.call(ask, 'a key')).toEqual({
      kind: 'lost',
      detail: 'Mavera did not answer within 0.05 s',
    });
    expect(client.requests).toEqual({ made: 1, throttled: 0 });
  });

  it.each([
    ['read', 'ETIMEDOUT'],
    ['read', 'ECONNRESET'],
    ['write', 'EPIPE'],
  ])('the answer is lost after a failed %s: %s', async (syscall, code) => {
    const cause = Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
    expect(await callFailing(new TypeError('fetch failed', { cause }))).toMatchObject({ kind: 'lost' });
  });

  it('the answer is lost after an error that nobody knows', async () => {
    expect(await callFailing(new Error('odd'))).toMatchObject({ kind: 'lost' });
  });
});

describe('an answer that comes', () => {
  it('a request has the key, the JSON and the path below the base URL', async () => {
    const seen: unknown[] = [];
    const answer = await callHttp(({ method, url, headers }, response) => {
      seen.push([method, url, headers.authorization, headers['content-type'], headers.accept]);
      response.end(success);
    });
    expect(answer).toMatchObject({ kind: 'answered', json: { id: 'msg_1' } });
    expect(seen).toEqual([
      ['POST', '/api/v1/mave/chat', 'Bearer mvra_live_0123456789', 'application/json', 'application/json'],
    ]);
  });

  it('a byte order mark before the JSON is ignored', async () => {
    const answer = await callHttp((_request, response) => response.end(`\ufeff${success}`));
    expect(answer).toMatchObject({ kind: 'answered', json: { id: 'msg_1' } });
  });

  it.each([
    [502, 'lost'],
    [504, 'lost'],
    [520, 'lost'],
    [408, 'lost'],
    [200, 'lost'],
    [401, 'blocked'],
    [403, 'blocked'],
    [404, 'blocked'],
    [405, 'blocked'],
    [413, 'blocked'],
    [429, 'blocked'],
  ])('the HTML page of a gateway with status %d is %s', async (status, kind) => {
    const answer = await callHttp((_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>Error</h1></html>');
    });
    expect(answer).toMatchObject({ kind, status });
  });

  it('a redirect is blocked and not followed, because the key would go with it', async () => {
    const urls: unknown[] = [];
    const answer = await callHttp(({ url }, response) => {
      urls.push(url);
      response.writeHead(307, { location: '/login' }).end();
    });
    expect(answer).toMatchObject({ kind: 'blocked', status: 307 });
    expect(urls).toEqual(['/api/v1/mave/chat']);
  });

  it('the error of a failed focus group is a part of it', async () => {
    const group = { id: 'fg_1', status: 'failed', error: { message: 'No personas.' } };
    const poll: SystemRequest = { method: 'GET', path: '/focus-groups/fg_1' };
    const answer = await callHttp((_request, response) => response.end(JSON.stringify(group)), poll);
    expect(answer).toMatchObject({ kind: 'answered', json: group });
  });

  it('an answer above 8 MB is lost', async () => {
    const answer = await callHttp((_request, response) => {
      response.end(`"${'x'.repeat(8 * 1024 * 1024)}"`);
    });
    expect(answer).toMatchObject({ kind: 'lost', status: 200 });
  });

  it.each([
    ['Mavera', JSON.stringify({ error: { message: 'Slow.', type: 'rate_limit_error', code: 'x' } })],
    ['a gateway', '<html></html>'],
  ])('a 429 of %s counts as throttled', async (_who, body) => {
    const server = createHttpServer((_request, response) => response.writeHead(429).end(body));
    const client = clientOf(`http://127.0.0.1:${await portOf(server)}`);
    await client.call(ask, 'a key');
    cleanUps.push(() => server.closeAllConnections());
    expect(client.requests).toEqual({ made: 1, throttled: 1 });
  });
});
