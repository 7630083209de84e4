/// <reference lib="esnext.disposable" />
import { setTimeout as sleep } from 'node:timers/promises';
import type { MaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { LabError } from '../../labError.ts';
import { backlog, postEvents } from '../system/postEvents.ts';
import { startRunSystem } from '../system/runSystem.ts';

const requestsPerMinute = 600;
const others = 3_000;
const sentAfterSeconds = 30;
const longestMs = 300_000;
const checkEveryMs = 250;
const single = 'bench-single';

/** How long a single run waits beside a backlog of another trigger. */
export interface Fairness {
  /** Runs of the other trigger. */
  readonly others: number;
  /** How long after the others its event was sent. */
  readonly sentAfterSeconds: number;
  /** From sending its event to its call at Mavera. */
  readonly startedAfterSeconds: number;
  /** Calls that were refused with 429 until then. */
  readonly refused: number;
}

/**
 * Sends a backlog of one trigger to the whole local system, and after some time one event of another trigger.
 *
 * @throws LabError when the run of that event does not start
 */
export async function measureFairness(progress: (line: string) => void): Promise<Fairness> {
  await using started = new AsyncDisposableStack();
  const options = { requestsPerMinute, callMs: 500, runnerConcurrency: 24 };
  const { system, mavera } = await startRunSystem(options, started);
  progress(`fairness: a single run beside ${others} of another trigger, in real time`);
  await postEvents(system, backlog(others, 'fairness'));
  await sleep(sentAfterSeconds * 1000);
  const sentAtMs = Date.now();
  await postEvents(system, [{ event: 'Bench Single', id: single }]);
  const calledAtMs = await waitForCall(mavera, sentAtMs + longestMs);
  return {
    others,
    sentAfterSeconds,
    startedAfterSeconds: (calledAtMs - sentAtMs) / 1000,
    refused: mavera.calls().filter(({ status }) => status === 429).length,
  };
}

async function waitForCall(mavera: MaveraSimulator, untilMs: number): Promise<number> {
  while (Date.now() < untilMs) {
    const call = mavera.calls().find(({ requestBody }) => nameOf(requestBody) === `Bench ${single}`);
    if (call !== undefined) {
      return call.atMs;
    }
    await sleep(checkEveryMs);
  }
  throw new LabError(`The single run has not started in ${longestMs / 1000} s`);
}

function nameOf(requestBody: unknown): unknown {
  return (requestBody as { readonly name?: unknown } | undefined)?.name;
}
