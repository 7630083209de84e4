import type { MaveraSimulator } from '../../../simulators/mavera/simulator.ts';
import { LabError } from '../../labError.ts';
import { warmUpRuns } from '../system/warmUp.ts';

const windowMs = 60_000;

/** A backlog of runs that was worked off. */
export interface Backlog {
  readonly runs: number;
  /** Calls a minute. */
  readonly limit: number;
  /** Calls before it were for other runs. */
  readonly fromMs: number;
}

/** How a backlog was worked off, as Mavera saw it. */
export interface PaceAccuracy {
  readonly calls: number;
  readonly seconds: number;
  /** In any 60 seconds. */
  readonly mostInWindow: number;
  readonly limit: number;
  /** Calls that were refused with 429. */
  readonly refused: number;
  /** Of the limit, from the first call to the last. */
  readonly shareUsed: number;
}

/**
 * Reads it from the calls at the simulator, which counts every window of 60 seconds by itself.
 *
 * @throws LabError when a run was not done
 */
export function paceAccuracy(mavera: MaveraSimulator, { runs, limit, fromMs }: Backlog): PaceAccuracy {
  const calls = mavera.calls().filter((call) => call.atMs >= fromMs);
  const atMs = calls.map((call) => call.atMs).sort((a, b) => a - b);
  const done = mavera.personas().length - warmUpRuns;
  if (done !== runs) {
    throw new LabError(`${done} of ${runs} runs were done`);
  }
  const lastedMs = (atMs.at(-1) ?? 0) - (atMs[0] ?? 0);
  return {
    calls: calls.length,
    seconds: lastedMs / 1000,
    mostInWindow: mavera.peaks().callsPerWindow,
    limit,
    refused: calls.filter(({ status }) => status === 429).length,
    shareUsed: (calls.length - 1) / (lastedMs / windowMs) / limit,
  };
}
