import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type AccountOptions, openAccount } from './account.ts';
import { ApiError } from './apiError.ts';
import { CallLog, type MaveraCall } from './callLog.ts';
import { controlPath, handleControl } from './control.ts';
import type { CreditBalance } from './credits.ts';
import type { Fault } from './fault.ts';
import { Faults } from './faults.ts';
import { handleCall } from './handleCall.ts';
import { errorReply, sendReply } from './reply.ts';
import { type FocusGroupDetails, focusGroupDetails } from './resources/focusGroup.ts';
import { threadDetails } from './resources/maveThreads.ts';
import { type PersonaObject, personaObject } from './resources/persona.ts';
import type { ThreadDetails } from './resources/thread.ts';
import { KeyLimits, type Simulation, type Sleep } from './simulation.ts';
import { type Peaks, simulationPeaks } from './simulationState.ts';

const basePath = '/api/v1';
const host = '127.0.0.1';

/** All have defaults: an account on the Professional credits and the Starter rate. */
export interface MaveraSimulatorOptions extends Partial<AccountOptions> {
  /** @default 0, any free port */
  readonly port?: number;
  /** The only key that is accepted. @default every key of the documented form: `mvra_live_…`, 32+ characters */
  readonly apiKey?: string;
  /** Replaces the real waiting, as `now` replaces the real clock. */
  readonly sleep?: Sleep;
}

/** A running simulator of the Mavera API. */
export interface MaveraSimulator {
  /** E.g. `http://127.0.0.1:4010/api/v1`: what a client is configured with. */
  readonly baseUrl: string;
  /** Every call since the start, in the order of arrival. */
  calls(): readonly MaveraCall[];
  /** @throws InvalidFaultError */
  inject(fault: Fault): void;
  clearFaults(): void;
  credits(): CreditBalance;
  /** The custom personas, oldest first. */
  personas(): readonly PersonaObject[];
  /** The conversations with Mave, the one that was used last at the end. */
  threads(): readonly ThreadDetails[];
  /** The focus groups in the state that they are in now, oldest first. */
  focusGroups(): readonly FocusGroupDetails[];
  peaks(): Peaks;
  /** Ends all calls and frees the port. */
  stop(): Promise<void>;
}

const accountDefaults: AccountOptions = {
  requestsPerMinute: 60,
  monthlyCredits: 5000,
  maveConcurrency: 10,
  focusGroupConcurrency: 5,
  focusGroupMs: 400,
  latency: {},
  seed: 1,
  now: Date.now,
};

/**
 * Starts a stand-in for the Mavera API on this machine: the documented shapes, errors, rate-limit headers,
 * concurrency caps and credits, and faults on demand. It counts on its own, so that what a client did can be
 * held against the limits.
 *
 * Source: Mavera API reference and guides; what they leave open is marked GUESS where it is built.
 *
 * @example
 * const mavera = await startMaveraSimulator({ requestsPerMinute: 600 });
 * mavera.inject({ kind: 'cut-after', path: '/personas', method: 'POST' });
 */
export async function startMaveraSimulator(options: MaveraSimulatorOptions = {}): Promise<MaveraSimulator> {
  const stopping = new AbortController();
  const simulation = newSimulation(options, stopping.signal);
  const { account, calls, faults } = simulation;
  const server = createServer((request, response) => {
    answer(simulation, request, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  return {
    baseUrl: `http://${host}:${port}${basePath}`,
    calls: () => calls.all(),
    inject: (fault) => faults.inject(fault),
    clearFaults: () => faults.clear(),
    credits: () => account.credits.balance(),
    personas: () => [...account.personas.values()].map(personaObject),
    threads: () => [...account.threads.values()].map(threadDetails),
    focusGroups: () =>
      [...account.focusGroups.values()].map((group) => focusGroupDetails(group, account.now())),
    peaks: () => simulationPeaks(simulation),
    stop: () => {
      stopping.abort();
      return close(server);
    },
  };
}

function newSimulation(options: MaveraSimulatorOptions, stopped: AbortSignal): Simulation {
  const accountOptions = { ...accountDefaults, ...options };
  return {
    account: openAccount(accountOptions),
    calls: new CallLog(),
    faults: new Faults(accountOptions.now),
    limits: new KeyLimits(accountOptions.requestsPerMinute),
    apiKey: options.apiKey,
    sleep: options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal })),
    stopped,
  };
}

async function answer(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
  const method = request.method ?? '';
  if (path === basePath || path.startsWith(`${basePath}/`)) {
    const call = { method, path: path.slice(basePath.length), query: new URLSearchParams(query) };
    await handleCall(simulation, call, request, response);
  } else if (path.startsWith(controlPath)) {
    await handleControl(simulation, path, request, response);
  } else {
    request.resume();
    sendReply(response, errorReply(new ApiError('resource_not_found')), {});
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(
      `The Mavera simulator cannot listen on port ${port}: choose another one, or 0 for any free port.`,
      { cause: error },
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function close(server: Server): Promise<void> {
  if (server.listening) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
