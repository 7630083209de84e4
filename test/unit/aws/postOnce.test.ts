import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { postOnce } from '../../../functions/aws/postOnce.ts';
import { listen } from '../../../simulators/http/listen.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
});

const post = (port: number, timeouts: { connectMs: number; answerMs: number }) =>
  postOnce({ url: new URL(`http://127.0.0.1:${port}/`), headers: {}, body: 'body' }, timeouts);

describe('a post', () => {
  it('brings the whole answer, whatever its status', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(418, { 'x-name': 'value' });
      response.write('one ');
      response.end('two é');
    });
    stops.push(() => server.close());
    const answer = await post(await listen(server, 0), { connectMs: 10_000, answerMs: 10_000 });
    expect(answer).toMatchObject({ status: 418, body: 'one two é', headers: { 'x-name': 'value' } });
  });

  it('fails with a TimeoutError when there is no answer in time', async () => {
    const server = createTcpServer(() => undefined);
    stops.push(() => server.close());
    const port = await listen(server, 0);
    await expect(post(port, { connectMs: 10_000, answerMs: 20 })).rejects.toMatchObject({
      name: 'TimeoutError',
      message: `127.0.0.1:${port} did not answer within 20 ms`,
    });
  });

  it('fails when the answer breaks off', async () => {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('a part', () => request.socket.destroy());
    });
    stops.push(() => server.close());
    const port = await listen(server, 0);
    await expect(post(port, { connectMs: 10_000, answerMs: 10_000 })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });
});
