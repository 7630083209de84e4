import type { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { LaneSelection } from '../parking/laneSelection.ts';
import { type PutBack, putBackLane } from './putBack.ts';

/** After so many sweeps that found further runs, somebody parks them as fast as they are put back. */
const mostSweeps = 5;

/** How to unpark. */
export interface UnparkOptions {
  /** Called before each batch, with the number of runs that were put back. */
  readonly beforeBatch: (done: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What was put back, and what was not. */
export interface Unparked extends Readonly<PutBack> {
  /** `false`: it was interrupted, or runs were parked again as fast as they were put back. */
  readonly isFinished: boolean;
}

/**
 * Puts all runs of some lanes back into the run queue. It sweeps the lanes until a sweep finds nothing: the index is a
 * little behind the table, and a runner may park a run that it had taken before parking was turned off.
 *
 * @throws what the AWS SDK throws if ledger or queue do not answer
 */
export async function unparkRuns(
  deployment: Pick<Deployment, 'sqs' | 'runQueueUrl'>,
  parkedRuns: ParkedRuns,
  selections: readonly LaneSelection[],
  { beforeBatch, signal }: UnparkOptions,
): Promise<Unparked> {
  const into: PutBack = { sent: 0, unreadable: new Set(), refused: new Map() };
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    const before = into.sent;
    for (const selection of selections) {
      await putBackLane(deployment, parkedRuns, selection, {
        into,
        beforeBatch: () => beforeBatch(into.sent),
        signal,
      });
    }
    if (signal.aborted || into.sent === before) {
      return { ...into, isFinished: !signal.aborted };
    }
  }
  return { ...into, isFinished: false };
}
