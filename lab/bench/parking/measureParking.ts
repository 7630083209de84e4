/// <reference lib="esnext.disposable" />
import { type PaceAccuracy, paceAccuracy } from '../pace/paceAccuracy.ts';
import { deliveries } from '../system/deliveries.ts';
import { parkRuns } from '../system/parkRuns.ts';
import { backlog } from '../system/postEvents.ts';
import { startRunSystem } from '../system/runSystem.ts';

/** Of the fastest plan that Mavera documents. */
const requestsPerMinute = 600;
/** At 600 a minute they take more than two minutes and a half. */
const runs = 1_500;
const longestMs = 360_000;
/** Ten slots a second; a delivery waits for its slot for about 0.7 s, and its call takes 0.5 s. */
const options = { requestsPerMinute, callMs: 500, runnerConcurrency: 24 };

/** How parked runs were worked off. */
export interface ParkingPace extends PaceAccuracy {
  readonly runs: number;
  /** Of the runner, for a run. */
  readonly deliveries: number;
}

/**
 * Has the whole local system work off parked runs in real time: the dispatcher gives each its slot.
 *
 * @throws LabError when they are not parked, or not worked off
 */
export async function measureParking(progress: (line: string) => void): Promise<ParkingPace> {
  await using started = new AsyncDisposableStack();
  const { system, mavera } = await startRunSystem(options, started);
  const before = deliveries(system);
  progress(`parking: ${runs} runs are parked`);
  const resume = await parkRuns(system, backlog(runs, 'parking'));
  progress(`parking: ${runs} parked runs at ${requestsPerMinute} a minute, in real time`);
  const fromMs = Date.now();
  await resume();
  await system.waitUntilDrained(longestMs);
  return {
    runs,
    deliveries: (deliveries(system) - before) / runs,
    ...paceAccuracy(mavera, { runs, limit: requestsPerMinute, fromMs }),
  };
}
