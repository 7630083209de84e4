/// <reference lib="esnext.disposable" />
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../../labError.ts';
import { median } from '../../statistics.ts';
import { inTurns } from '../measure/inTurns.ts';
import { deliveries } from '../system/deliveries.ts';
import { postEvents } from '../system/postEvents.ts';
import { type RunSystem, startRunSystem } from '../system/runSystem.ts';
import { synthesizeWithOneQueue } from './synthesizeWithOneQueue.ts';

const events = 60;
const longestMs = 30_000;
const checkEveryMs = 1;
/** No run waits for its slot at this limit. */
const requestsPerMinute = 100_000;
const options = { requestsPerMinute, callMs: 1, runnerConcurrency: 2 };

/** How a run that can start at once gets from the webhook to its call. */
export interface WayToCall {
  /** From sending the webhook to the call at Mavera, half of the runs. */
  readonly p50Ms: number;
  /** Of the runner, for a run. */
  readonly deliveries: number;
}

/** The way with an admission, beside the way of the releases without one. */
export interface FirstCall {
  readonly events: number;
  readonly admitted: WayToCall;
  readonly oneQueue: WayToCall;
}

/**
 * Sends single events to two local systems in turns, each when the call of the one before has come: one that is as it is
 * deployed, and one whose runs are called at their first delivery, as before there was an admission. Nothing is parked.
 *
 * @throws LabError when a run does not start
 */
export async function measureFirstCall(progress: (line: string) => void): Promise<FirstCall> {
  await using started = new AsyncDisposableStack();
  const ways = {
    admitted: await startRunSystem(options, started),
    oneQueue: await startRunSystem({ ...options, synthesize: synthesizeWithOneQueue }, started),
  };
  progress(`first call: ${events} single events, with an admission and without one, in turns`);
  const delivered = {
    admitted: deliveries(ways.admitted.system),
    oneQueue: deliveries(ways.oneQueue.system),
  };
  const times = await inTurns(ways, events, timeToCall);
  const way = async (name: keyof typeof ways): Promise<WayToCall> => {
    const { system } = ways[name];
    await system.waitUntilDrained(longestMs);
    return {
      p50Ms: median(times[name]),
      deliveries: (deliveries(system) - delivered[name]) / events,
    };
  };
  return { events, admitted: await way('admitted'), oneQueue: await way('oneQueue') };
}

/** From sending an event to its call at Mavera, in milliseconds. */
async function timeToCall({ system, mavera }: RunSystem): Promise<number> {
  const before = mavera.personas().length;
  const sentAtMs = Date.now();
  await postEvents(system, [{ event: 'Bench Single', id: `bench-first-${sentAtMs}` }]);
  const deadlineMs = sentAtMs + longestMs;
  while (mavera.personas().length === before) {
    if (Date.now() > deadlineMs) {
      throw new LabError(`A run has not started in ${longestMs / 1000} s`);
    }
    await sleep(checkEveryMs);
  }
  return (mavera.calls().at(-1)?.atMs ?? 0) - sentAtMs;
}
