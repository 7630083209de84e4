/// <reference lib="esnext.disposable" />
import { backlog, postEvents } from '../system/postEvents.ts';
import { startRunSystem } from '../system/runSystem.ts';
import { type PaceAccuracy, paceAccuracy } from './paceAccuracy.ts';

/** Of the fastest plan that Mavera documents. */
const requestsPerMinute = 600;
/** At 600 a minute they take more than 90 s. */
const runs = 1_000;
const longestMs = 240_000;

/**
 * Has the whole local system work off a backlog in real time, with ten runner processes for calls, against a simulator that
 * counts on its own.
 *
 * @throws LabError when the backlog is not worked off
 */
export async function measurePace(progress: (line: string) => void): Promise<PaceAccuracy> {
  await using started = new AsyncDisposableStack();
  const options = { requestsPerMinute, callMs: 50, runnerConcurrency: 10 };
  const { system, mavera } = await startRunSystem(options, started);
  progress(`pace: ${runs} runs at ${requestsPerMinute} a minute, in real time`);
  const fromMs = Date.now();
  await postEvents(system, backlog(runs, 'pace'));
  await system.waitUntilDrained(longestMs);
  return paceAccuracy(mavera, { runs, limit: requestsPerMinute, fromMs });
}
