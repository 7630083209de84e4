import { type ApiSimulator, type ApiSimulatorOptions, startApiSimulator } from '../http/apiSimulator.ts';
import { type AccountOptions, openAccount } from './account.ts';
import type { CreditBalance } from './credits.ts';
import { maveraApi } from './maveraApi.ts';
import { KeyLimits } from './rateLimit.ts';
import { type FocusGroupDetails, focusGroupDetails } from './resources/focusGroup.ts';
import { threadDetails } from './resources/maveThreads.ts';
import { type PersonaObject, personaObject } from './resources/persona.ts';
import type { ThreadDetails } from './resources/thread.ts';
import type { Simulation } from './simulation.ts';
import { type Peaks, simulationPeaks } from './simulationState.ts';

/** All have defaults: an account with the Professional credits and the Starter rate. */
export interface MaveraSimulatorOptions extends Partial<AccountOptions>, ApiSimulatorOptions {
  /** The only key that is accepted. @default every key of the documented form: `mvra_live_…`, 32+ characters */
  readonly apiKey?: string;
}

/** A running simulator of the Mavera API. */
export interface MaveraSimulator extends ApiSimulator {
  credits(): CreditBalance;
  /** The custom personas, oldest first. */
  personas(): readonly PersonaObject[];
  /** The conversations with Mave, the most recently used one last. */
  threads(): readonly ThreadDetails[];
  /** The focus groups with their present status, oldest first. */
  focusGroups(): readonly FocusGroupDetails[];
  peaks(): Peaks;
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
 * Faults meet calls as {@link startApiSimulator} describes. Work that is done is billed, also when the client does not
 * see it.
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
  const accountOptions = { ...accountDefaults, ...options };
  const simulation: Simulation = {
    account: openAccount(accountOptions),
    limits: new KeyLimits(accountOptions.requestsPerMinute),
    apiKey: options.apiKey,
  };
  const { account } = simulation;
  const simulator = await startApiSimulator(maveraApi(simulation), options);
  return {
    ...simulator,
    credits: () => account.credits.balance(),
    personas: () => [...account.personas.values()].map(personaObject),
    threads: () => [...account.threads.values()].map(threadDetails),
    focusGroups: () =>
      [...account.focusGroups.values()].map((group) => focusGroupDetails(group, account.now())),
    peaks: () => simulationPeaks(simulation),
  };
}
