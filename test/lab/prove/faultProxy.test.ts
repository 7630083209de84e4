import { createServer, type Server } from 'node:http';
import { get } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FaultProxy,
  type Interference,
  type ProxiedCall,
  startFaultProxy,
} from '../../../lab/prove/proxy/faultProxy.ts';
import { processOfPort } from '../../../lab/prove/proxy/processOfPort.ts';
import { closeServer, listen } from '../../../simulators/http/listen.ts';
import type { HandshakeFault } from '../../../simulators/tls/tlsFront.ts';

let server: Server;
let proxy: FaultProxy;
let served: string[];
let seen: ProxiedCall[];
let interference: Interference;
let onCall: () => void;

beforeEach(async () => {
  served = [];
  seen = [];
  interference = { kind: 'pass' };
  onCall = () => undefined;
  server = createServer((request, response) => {
    served.push(`${request.method} ${request.url}`);
    response.writeHead(201, { 'x-from': 'server' }).end('done');
  });
  const port = await listen(server, 0);
  proxy = await startFaultProxy(`http://127.0.0.1:${port}`, (call) => {
    seen.push(call);
    onCall();
    return interference;
  });
});

afterEach(async () => {
  await proxy.stop();
  await closeServer(server);
});

const post = (): Promise<Response> => fetch(`${proxy.endpoint}/a?b=c`, { method: 'POST', body: 'text' });

describe('a proxy that makes calls fail', () => {
  it('passes a call on and its answer back', async () => {
    const response = await post();
    expect([response.status, response.headers.get('x-from'), await response.text()]).toEqual([
      201,
      'server',
      'done',
    ]);
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/a?b=c', body: 'text' });
  });

  it('loses a call before the server has acted, or after', async () => {
    let lost = 0;
    const lose = (): void => {
      lost += 1;
    };
    interference = { kind: 'before', lose };
    await expect(post()).rejects.toThrow();
    expect([served.length, lost]).toEqual([0, 1]);
    interference = { kind: 'after', lose };
    await expect(post()).rejects.toThrow();
    expect([served.length, lost]).toEqual([1, 2]);
  });

  it('has a call arrive although its caller has gone', async () => {
    interference = { kind: 'late', byMs: 200 };
    const caller = new AbortController();
    onCall = () => caller.abort();
    await expect(fetch(proxy.endpoint, { method: 'POST', signal: caller.signal })).rejects.toThrow();
    expect(served).toEqual([]);
    await expect.poll(() => served.length).toBe(1);
  });

  it("answers in the server's place", async () => {
    interference = { kind: 'answer', status: 503, headers: { 'retry-after': '1' }, body: 'later' };
    const response = await post();
    expect([response.status, await response.text(), served]).toEqual([503, 'later', []]);
  });

  it("answers in the server's place, and the server acts before or later", async () => {
    const answer = {
      kind: 'answer',
      status: 504,
      headers: { 'content-type': 'text/html' },
      body: 'late',
    } as const;
    interference = { ...answer, serverActs: 'before' };
    const before = await post();
    expect([before.status, await before.text(), served.length]).toEqual([504, 'late', 1]);
    interference = { ...answer, serverActs: { afterMs: 100 } };
    const later = await post();
    expect([later.status, served.length]).toEqual([504, 1]);
    await expect.poll(() => served.length).toBe(2);
  });

  it("puts bytes before the body of the server's answer", async () => {
    interference = { kind: 'prefixed', prefix: '\uFEFF' };
    const response = await post();
    expect(Buffer.from(await response.arrayBuffer()).toString()).toBe('\uFEFFdone');
    expect(response.status).toBe(201);
  });

  it('speaks TLS if handshakes can fail', async () => {
    const faults: (HandshakeFault | undefined)[] = ['untrusted', undefined];
    const secure = await startFaultProxy(
      proxy.endpoint,
      () => ({ kind: 'pass' }),
      () => faults.shift(),
    );
    const call = async (): Promise<string> => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const options = { ca: secure.certificate, agent: false };
      get(`${secure.endpoint}/a`, options, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      }).on('error', reject);
      return await promise;
    };
    await expect(call()).rejects.toThrow('self-signed certificate');
    expect([await call(), served]).toEqual(['done', ['GET /a']]);
    await secure.stop();
  });

  it('tells by which process a call was made', async () => {
    await post();
    expect(processOfPort(seen[0]?.callerPort ?? 0, [1, process.pid])).toBe(process.pid);
    expect(processOfPort(seen[0]?.callerPort ?? 0, [1])).toBeUndefined();
    expect(processOfPort(1, [process.pid])).toBeUndefined();
  });
});
