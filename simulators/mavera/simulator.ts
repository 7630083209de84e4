import type { RequestListener } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type AccountOptions, openAccount } from './account.ts';
import { answerRequest, basePath } from './answerRequest.ts';
import { CallLog, type MaveraCall } from './callLog.ts';
import type { CreditBalance } from './credits.ts';
import type { Fault } from './fault.ts';
import { Faults } from './faults.ts';
import { plainFront, secureFront } from './front.ts';
import { type FocusGroupDetails, focusGroupDetails } from './resources/focusGroup.ts';
import { threadDetails } from './resources/maveThreads.ts';
import { type PersonaObject, personaObject } from './resources/persona.ts';
import type { ThreadDetails } from './resources/thread.ts';
import { KeyLimits, type Simulation, type Sleep } from './simulation.ts';
import { type Peaks, simulationPeaks } from './simulationState.ts';

/** All have defaults: an account with the Professional credits and the Starter rate. */
export interface MaveraSimulatorOptions extends Partial<AccountOptions> {
  /** @default 0, any free port */
  readonly port?: number;
  /** The only key that is accepted. @default every key of the documented form: `mvra_live_…`, 32+ characters */
  readonly apiKey?: string;
  /** Whether it speaks TLS, so that handshakes can fail; clients must trust its `certificate`. @default false */
  readonly tls?: boolean;
  /** Replaces the real waiting, as `now` replaces the real clock. */
  readonly sleep?: Sleep;
}

/** A running simulator of the Mavera API. */
export interface MaveraSimulator {
  /** The base URL for clients, e.g. `http://127.0.0.1:4010/api/v1`. */
  readonly baseUrl: string;
  /** In PEM, for `NODE_EXTRA_CA_CERTS` or `ca` of the clients; `undefined` for one that does not speak TLS. */
  readonly certificate: string | undefined;
  /** Every call since the start, in the order of arrival. */
  calls(): readonly MaveraCall[];
  /** @throws InvalidFaultError */
  inject(fault: Fault): void;
  clearFaults(): void;
  credits(): CreditBalance;
  /** The custom personas, oldest first. */
  personas(): readonly PersonaObject[];
  /** The conversations with Mave, the most recently used one last. */
  threads(): readonly ThreadDetails[];
  /** The focus groups with their present status, oldest first. */
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
 * concurrency caps and credits, and faults on demand. It counts calls and credits itself, so that a test can compare a
 * client's calls with the limits.
 *
 * Faults are injected by `inject` or, from another process, by `POST /__simulator/faults` with the fault as JSON (see
 * `control.ts`). A call meets the first fault that matches it, in the order of injection; `times` (1) or `forMs` says how
 * often. `fault.ts` lists what can go wrong: errors and damaged answers of Mavera, answers of a gateway in front of it
 * with the work done or not, cut connections, and TLS handshakes that fail. Faults meet only calls that pass the API key
 * and the rate limit. Work that is done is billed, also when the client does not see it.
 *
 * Source: Mavera API reference and guides; what they leave open is marked GUESS in the code.
 *
 * @example
 * const mavera = await startMaveraSimulator({ requestsPerMinute: 600 });
 * mavera.inject({ kind: 'cut-after', path: '/personas', method: 'POST' });
 * mavera.inject({ kind: 'html', status: 504, work: 'done', path: '/mave/chat' });
 * mavera.inject({ kind: 'html', status: 504, work: 'later', delayMs: 3_000 });
 * mavera.inject({ kind: 'html', status: 403, forMs: 60_000 });
 * mavera.inject({ kind: 'error-in-200', code: 'never_heard_of', work: 'done' });
 * @example
 * const mavera = await startMaveraSimulator({ tls: true }); // clients trust mavera.certificate
 * mavera.inject({ kind: 'tls', handshake: 'untrusted', times: 3 });
 */
export async function startMaveraSimulator(options: MaveraSimulatorOptions = {}): Promise<MaveraSimulator> {
  const stopping = new AbortController();
  const accountOptions = { ...accountDefaults, ...options };
  const answer: RequestListener = (request, response) => answerRequest(simulation, request, response);
  const front =
    options.tls === true ? secureFront(answer, () => simulation.faults.takeHandshake()) : plainFront(answer);
  const simulation: Simulation = {
    account: openAccount(accountOptions),
    calls: new CallLog(),
    faults: new Faults(accountOptions.now, options.tls === true),
    limits: new KeyLimits(accountOptions.requestsPerMinute),
    apiKey: options.apiKey,
    sleep: options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal })),
    stopped: stopping.signal,
  };
  const { account, calls, faults } = simulation;
  const port = await front.listen(options.port ?? 0);
  return {
    baseUrl: `${front.scheme}://127.0.0.1:${port}${basePath}`,
    certificate: front.certificate,
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
      return front.stop();
    },
  };
}
