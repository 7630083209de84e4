import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Api } from './api.ts';
import { type ApiCall, CallLog } from './callLog.ts';
import { controlPath, handleControl } from './control.ts';
import type { Fault } from './fault.ts';
import { Faults } from './faults.ts';
import { plainFront, secureFront } from './front.ts';
import { handleCall, type Sleep, type Surroundings } from './handleCall.ts';
import { jsonReply, sendReply } from './reply.ts';

/** What every simulator of an API takes; all have defaults. */
export interface ApiSimulatorOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** Whether it speaks TLS, so that handshakes can fail; clients must trust its `certificate`. @default false */
  readonly tls?: boolean;
  /** The clock. @default Date.now */
  readonly now?: () => number;
  /** Replaces the real waiting, as `now` replaces the real clock. */
  readonly sleep?: Sleep;
}

/** What every simulator of an API can do. */
export interface ApiSimulator {
  /** The base URL for clients, the base path included, e.g. `http://127.0.0.1:4010/api/v1`. */
  readonly baseUrl: string;
  /** In PEM, for `NODE_EXTRA_CA_CERTS` or `ca` of the clients; `undefined` for one that does not speak TLS. */
  readonly certificate: string | undefined;
  /** Every call since the start, in the order of arrival. */
  calls(): readonly ApiCall[];
  /** @throws InvalidFaultError */
  inject(fault: Fault): void;
  clearFaults(): void;
  /** Ends all calls and frees the port. */
  stop(): Promise<void>;
}

/**
 * Starts the simulator of an API on the loopback interface.
 *
 * Faults are injected by `inject` or, from another process, by `POST /__simulator/faults` with the fault as JSON (see
 * `control.ts`). A call meets the first fault that matches it, in the order of injection; `times` (1) or `forMs` says how
 * often. `fault.ts` lists what can go wrong: errors and damaged answers of the API, answers of a gateway in front of it
 * with the work done or not, cut connections, calls that take long or are never answered, and TLS handshakes that fail.
 * Faults meet only calls that pass the credentials and the limits.
 */
export async function startApiSimulator(api: Api, options: ApiSimulatorOptions = {}): Promise<ApiSimulator> {
  const { port = 0, tls = false, now = Date.now } = options;
  const stopping = new AbortController();
  const around: Surroundings = {
    api,
    calls: new CallLog(),
    faults: new Faults(now, tls),
    now,
    sleep: options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal })),
    stopped: stopping.signal,
  };
  const { calls, faults } = around;
  const answer: RequestListener = (request, response) => {
    // An unexpected error cuts the connection.
    route(around, request, response).catch(() => response.destroy());
  };
  const front = tls
    ? secureFront(api.name, answer, () => faults.takeHandshake())
    : plainFront(api.name, answer);
  const openPort = await front.listen(port);
  return {
    baseUrl: `${front.scheme}://127.0.0.1:${openPort}${api.basePath}`,
    certificate: front.certificate,
    calls: () => calls.all(),
    inject: (fault) => faults.inject(fault),
    clearFaults: () => faults.clear(),
    stop: () => {
      stopping.abort();
      return front.stop();
    },
  };
}

async function route(
  around: Surroundings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { api, now } = around;
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
  const method = request.method ?? '';
  if (path.startsWith(controlPath)) {
    await handleControl(around, path, request, response);
  } else if (path === api.basePath || path.startsWith(`${api.basePath}/`)) {
    const call = {
      atMs: now(),
      method,
      path: path.slice(api.basePath.length),
      query: new URLSearchParams(query),
      headers: request.headers,
    };
    await handleCall(around, call, request, response);
  } else {
    request.resume();
    sendReply(response, jsonReply({ status: 404, body: api.errorBody(404) }), {});
  }
}
