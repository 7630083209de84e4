import { chunk, mapConcurrently } from '../../../functions/aws/mapConcurrently.ts';
import type { ParkedRun } from '../../../functions/ledger/parkedItem.ts';
import type { ParkedRuns } from '../../../functions/ledger/parkedRuns.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type LaneSelection, selectedPages } from '../parking/laneSelection.ts';
import { sendMessages } from '../redrive/sendMessages.ts';

/** Runs whose messages are read, sent and deleted together: as many as SQS takes in one call. */
const runsAtOnce = 10;
/**
 * For each of the four shards of a lane: with them, up to 120 calls are under way, of which the AWS SDK makes 50 at the
 * same time.
 */
const batchesAtOnce = 3;

/** What became of parked runs. */
export interface PutBack {
  /** Messages that the run queue has taken. */
  sent: number;
  /** Ids of runs whose message is not complete: they stay parked. */
  readonly unreadable: Set<string>;
  /** Run id → why the queue did not take its message: it stays parked. */
  readonly refused: Map<string, string>;
}

/** How runs are put back. */
export interface PutBackOptions {
  readonly into: PutBack;
  /** Called before each batch; what it throws ends the work. */
  readonly beforeBatch: () => Promise<void>;
  /** Ends the work after the batches that are under way. */
  readonly signal: AbortSignal;
}

/**
 * Puts the parked runs of a lane back into the run queue, page by page. Each message is sent before its item is deleted, so
 * that an interruption loses nothing: a run that was sent twice is still done once.
 *
 * @throws what the AWS SDK throws if ledger or queue do not answer, after all work has ended
 */
export async function putBackLane(
  deployment: Pick<Deployment, 'sqs' | 'runQueueUrl'>,
  parkedRuns: ParkedRuns,
  selection: LaneSelection,
  { into, beforeBatch, signal }: PutBackOptions,
): Promise<void> {
  const failed = new AbortController();
  const isOver = (): boolean => signal.aborted || failed.signal.aborted;
  const batch = async (runs: readonly ParkedRun[]): Promise<void> => {
    if (!isOver()) {
      await beforeBatch();
      await putBackBatch(deployment, parkedRuns, runs, into);
    }
  };
  const streams = selectedPages(parkedRuns, selection).map(async (pages) => {
    try {
      for await (const page of pages) {
        await mapConcurrently(chunk(page, runsAtOnce), batchesAtOnce, batch);
        if (isOver()) {
          return;
        }
      }
    } catch (error) {
      failed.abort();
      throw error;
    }
  });
  const failure = (await Promise.allSettled(streams)).find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') {
    throw failure.reason;
  }
}

async function putBackBatch(
  deployment: Pick<Deployment, 'sqs' | 'runQueueUrl'>,
  parkedRuns: ParkedRuns,
  runs: readonly ParkedRun[],
  into: PutBack,
): Promise<void> {
  const messages = await parkedRuns.readMessages(runs.map(({ runId }) => runId));
  const outgoing = runs.flatMap(({ runId, trigger }) => {
    const message = messages.get(runId);
    return message === undefined ? [] : [{ runId, group: trigger, body: message.body, delaySeconds: 0 }];
  });
  const refused = await sendMessages(deployment, outgoing);
  await Promise.all(
    runs.map(async ({ runId }) => {
      const message = messages.get(runId);
      const why = refused.get(runId);
      if (message === undefined) {
        // The index may still have a run that is not parked any more.
        if ((await parkedRuns.read(runId)) !== undefined) {
          into.unreadable.add(runId);
        }
      } else if (why !== undefined) {
        into.refused.set(runId, why);
      } else {
        into.sent += 1;
        into.refused.delete(runId);
        // If it was parked again since, it stays, and the next sweep finds it.
        await parkedRuns.unpark(runId, message.number);
      }
    }),
  );
}
