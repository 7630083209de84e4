import { SecretUnavailableError } from '../secrets/cachedSecret.ts';
import type { Waiting } from './leasedRun.ts';
import type { RunnerDependencies } from './runDependencies.ts';

/** How long a run waits for an operator to fill in the API key. */
const missingKeyWaitMs = 60_000;

/** Mavera's API key; `undefined` while it is not filled in, or cannot be read. */
export async function readApiKey({ maveraSecret }: RunnerDependencies): Promise<string | undefined> {
  try {
    return (await maveraSecret.get()).apiKey;
  } catch (error) {
    if (error instanceof SecretUnavailableError) {
      return undefined;
    }
    throw error;
  }
}

/** Until when a run waits without a key: one to two minutes, so that not all of them come back at once. */
export function waitForApiKey(nowMs: number, random: () => number): Waiting {
  return { untilMs: nowMs + missingKeyWaitMs * (1 + random()), reason: 'api_key_unavailable' };
}
