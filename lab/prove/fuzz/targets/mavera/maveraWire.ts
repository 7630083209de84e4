import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import * as z from 'zod';
import { healthOf } from '../../../../../functions/run/callAtSlot.ts';
import { decideRetry } from '../../../../../functions/run/retryDecision.ts';
import { SystemClient } from '../../../../../functions/systems/systemClient.ts';
import { anyText } from '../../arbitraries/json.ts';
import { maveraJson } from '../../arbitraries/maveraJson.ts';
import { mustNotTell, personalCanary, secretCanary } from '../../canary.ts';
import { type FuzzTarget, mustHold, type OpenTarget } from '../../fuzzTarget.ts';

const schema = z.strictObject({
  statusLine: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
  /** How often the body is repeated, without a content length. */
  times: z.int().nonnegative(),
  compressed: z.boolean(),
  /** What the server does after the body. */
  end: z.enum(['ends', 'resets', 'stays', 'says too much', 'says too little']),
});

type WireInput = z.infer<typeof schema>;

/** The most of an answer that may be read, with what the sockets buffer. */
const mostAnswered = 9 * 1024 * 1024;
const mostBytes = 2 * mostAnswered;
const chunkBytes = 256 * 1024;
/** How long a small answer may take, and a large one, which a busy machine reads slowly. */
const [soonMs, greatMs] = [200, 4_000];
/** Longer than any call takes, also on a busy machine. */
const patienceMs = 120_000;

/** Answers as bytes: what a gateway, a captive portal or a broken server may send. */
export const maveraWire: FuzzTarget<WireInput> = {
  name: 'mavera-wire',
  share: 8,
  schema,
  inputs: fc.record({
    statusLine: fc.oneof(
      {
        weight: 9,
        arbitrary: fc
          .constantFrom(200, 200, 201, 204, 301, 302, 304, 400, 401, 429, 500, 503)
          .map((status) => `HTTP/1.1 ${status} Odd`),
      },
      fc.constantFrom(
        'HTTP/1.1 99 Low',
        'HTTP/1.1 1000 High',
        'HTTP/1.0 200',
        'HTTP/2 200',
        'HTTP/1.1 100 Continue',
        'SSH-2.0-x',
        '',
        'HTTP/1.1 101 Up',
      ),
    ),
    headers: fc.array(
      fc.oneof(
        fc.constantFrom<[string, string]>(
          ['location', 'http://127.0.0.1:9/elsewhere'],
          ['location', 'http://[bad'],
          ['retry-after', '-1'],
          ['retry-after', '1e400'],
          ['x-ratelimit-remaining', 'NaN'],
          ['content-type', 'text/html'],
          ['content-encoding', 'br'],
          ['transfer-encoding', 'chunked'],
          ['content-length', '-5'],
          ['set-cookie', 'a=b'],
          ['upgrade', 'h2c'],
        ),
        fc.tuple(fc.constantFrom('x-odd', 'x odd', ''), anyText),
      ),
      { maxLength: 2 },
    ),
    body: fc.oneof(
      maveraJson.map((json) => JSON.stringify(json)),
      fc.constantFrom('', '<html>', '{"a":', '5\r\nabcde\r\n0\r\n\r\n', 'zz\r\n'),
    ),
    times: fc.oneof({ weight: 40, arbitrary: fc.constant(1) }, fc.constantFrom(0, 100, 400_000)),
    compressed: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
    end: fc.oneof(
      { weight: 8, arbitrary: fc.constant('ends' as const) },
      fc.constantFrom('resets', 'stays', 'says too much', 'says too little'),
    ),
  }),
  open: openWire,
};

async function openWire(): Promise<OpenTarget<WireInput>> {
  let input: WireInput | undefined;
  let sentBytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      if (input !== undefined) {
        answer(socket, input, (bytes) => {
          sentBytes += bytes;
        });
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const clientWith = (timeoutMs: number): SystemClient =>
    new SystemClient({
      system: 'mavera',
      baseUrl: `http://127.0.0.1:${port}/api/v1/`,
      timeoutMs,
      now: Date.now,
    });
  const [client, patientClient] = [clientWith(soonMs), clientWith(greatMs)];
  return {
    check: async (next) => {
      input = next;
      sentBytes = 0;
      const startedAtMs = performance.now();
      const request = { method: 'POST', path: '/mave/chat', body: { message: personalCanary } } as const;
      const made = await (next.times > 100 ? patientClient : client).call(request, secretCanary);
      mustHold(performance.now() - startedAtMs < patienceMs, 'it waited for longer than it was to');
      mustHold(sentBytes <= mostBytes, `it read ${sentBytes} bytes`);
      const told = JSON.stringify(made);
      mustHold(told.length <= mostAnswered, `it took an answer of ${told.length} characters`);
      mustNotTell('what came of the call', told);
      healthOf(made);
      if (made.kind !== 'answered') {
        decideRetry(made, { attempts: 1, maxAttempts: 3, random: () => 0.5 });
      }
      for (const socket of sockets) {
        socket.destroy();
      }
      return made.kind;
    },
    close: async () => {
      await new Promise((done) => server.close(done));
    },
  };
}

/** @param count gets the number of bytes that were sent */
function answer(
  socket: Socket,
  { statusLine, headers, body, times, compressed, end }: WireInput,
  count: (bytes: number) => void,
): void {
  const text = times <= 1 ? body.repeat(times) : `[${`${body},`.repeat(times)}0]`;
  const content = compressed ? gzipSync(text, { level: 1 }) : Buffer.from(text);
  const length = { 'says too much': content.length + 5, 'says too little': Math.max(0, content.length - 5) };
  const lines = [
    statusLine,
    ...headers.map(([name, value]) => `${name}: ${value.replace(/[\r\n]/g, ' ')}`),
    ...(end in length ? [`content-length: ${length[end as keyof typeof length]}`] : []),
    ...(compressed ? ['content-encoding: gzip'] : []),
    ...(end === 'stays' ? [] : ['connection: close']),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const sendFrom = (start: number): void => {
    if (end === 'resets' && start > 0) {
      socket.resetAndDestroy();
    } else if (start < content.length) {
      const chunk = content.subarray(start, start + chunkBytes);
      socket.write(chunk, (error) => {
        if (error === undefined || error === null) {
          count(chunk.length);
          sendFrom(start + chunk.length);
        }
      });
    } else if (end !== 'stays') {
      socket.end();
    }
  };
  sendFrom(0);
}
