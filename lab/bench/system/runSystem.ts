/// <reference lib="esnext.disposable" />
import { join } from 'node:path';
import { projectRoot } from '../../../infra/bundling/projectRoot.ts';
import {
  type LocalSystemOptions,
  localRedeliverAfterSeconds,
  localSecrets,
} from '../../../local/system/systemOptions.ts';
import { bootLocalSystem, type LocalSystem } from '../../../local/system.ts';
import { type MaveraSimulator, startMaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { warmUp } from './warmUp.ts';

/** The whole local system, and the Mavera that its runs call. */
export interface RunSystem {
  readonly system: LocalSystem;
  readonly mavera: MaveraSimulator;
}

/** How a run system differs from another. */
export interface RunSystemOptions extends Pick<LocalSystemOptions, 'interpose' | 'synthesize'> {
  readonly requestsPerMinute: number;
  /** How long Mavera takes for a call. */
  readonly callMs: number;
  /** How many deliveries of the ready queue are worked on at the same time: each takes a process. */
  readonly runnerConcurrency: number;
}

/** Boots one with the triggers of the bench, and warms it up. What it starts ends with `started`. */
export async function startRunSystem(
  { requestsPerMinute, callMs, runnerConcurrency, ...changes }: RunSystemOptions,
  started: AsyncDisposableStack,
): Promise<RunSystem> {
  const mavera = await startMaveraSimulator({
    apiKey: localSecrets.maveraApiKey,
    requestsPerMinute,
    monthlyCredits: 10_000_000,
    latency: callMs,
  });
  started.defer(() => mavera.stop());
  const system = await bootLocalSystem({
    maveraBaseUrl: mavera.baseUrl,
    triggersFile: join(projectRoot, 'lab/bench/system/triggers.ts'),
    context: { maveraRequestsPerMinute: requestsPerMinute, maveraTimeout: '20s', runnerConcurrency },
    endpoints: {},
    // Deliveries fail only when the machine is so busy that the emulators do not answer in time.
    redeliverAfterSeconds: localRedeliverAfterSeconds,
    ...changes,
  });
  started.defer(() => system.stop());
  await warmUp(system);
  return { system, mavera };
}
