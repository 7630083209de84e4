import { chunk, mapConcurrently } from '../aws/mapConcurrently.ts';
import { parseRunMessage, type RunMessage } from '../queue/runMessage.ts';
import type { DispatcherDependencies } from './dispatcherDependencies.ts';

/** A parked run to be sent to the runner. */
export interface OutgoingRun {
  readonly runId: string;
  /** That of its parked entry. */
  readonly number: number;
  /** Its slot; absent for a run that needs none. */
  readonly slotAtMs?: number | undefined;
  /** When it should arrive. @default its slot, or at once */
  readonly arrivesAtMs?: number | undefined;
}

/** Runs are sent, and removed, in blocks: a dispatcher that dies wastes the slots of one block at most. */
export const blockSize = 10;
/** How long the index may still have a run that was removed. */
const indexLagMs = 30_000;

/**
 * Sends parked runs to the runner, then removes them, each only if its number is still the one that was read. After a crash
 * in between it is sent again, and the runner finds that it is at work or done.
 *
 * @returns those that were sent; the others are not parked any more, were parked again, or were not taken by the queue
 */
export async function sendParked<Run extends OutgoingRun>(
  runs: readonly Run[],
  dependencies: DispatcherDependencies,
): Promise<readonly Run[]> {
  const sent: Run[] = [];
  for (const block of chunk(runs, blockSize)) {
    sent.push(...(await sendBlock(block, dependencies)));
  }
  return sent;
}

async function sendBlock<Run extends OutgoingRun>(
  block: readonly Run[],
  dependencies: DispatcherDependencies,
): Promise<readonly Run[]> {
  const { parkedRuns, queues, sentLately, now } = dependencies;
  const messages = await readBlock(block, dependencies);
  const sentMessages = await queues.sendReady([...messages.values()], now());
  const sentIds = new Set(sentMessages.map(({ runId }) => runId));
  const sent = block.filter(({ runId }) => sentIds.has(runId));
  const untilMs = now() + indexLagMs;
  await mapConcurrently(sent, blockSize, async ({ runId, number }) => {
    sentLately.set(runId, { number, untilMs });
    await parkedRuns.unpark(runId, number);
  });
  return sent;
}

/** The messages of the runs that are still parked by the number that was read, each with its slot. */
async function readBlock(
  block: readonly OutgoingRun[],
  { parkedRuns, sentLately, now, onTrouble }: DispatcherDependencies,
): Promise<ReadonlyMap<string, RunMessage>> {
  const found = await parkedRuns.readMessages(block.map(({ runId }) => runId));
  const messages = new Map<string, RunMessage>();
  for (const { runId, number, slotAtMs, arrivesAtMs } of block) {
    const parked = found.get(runId);
    if (parked?.number === number) {
      try {
        const message = parseRunMessage(parked.body);
        const notBeforeMs = slotAtMs ?? arrivesAtMs ?? message.notBeforeMs;
        messages.set(runId, { ...message, notBeforeMs, slotAtMs });
      } catch (error) {
        onTrouble(`the message of parked run ${runId} cannot be read`, error);
      }
    } else {
      // The index is behind the table, or the message is not complete: for a while it must not take another slot.
      sentLately.set(runId, { number, untilMs: now() + indexLagMs });
    }
  }
  return messages;
}
