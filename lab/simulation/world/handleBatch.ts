import { readSharedOfAll, type SharedState } from '../../../functions/ledger/sharedState.ts';
import { endedAtAttribute } from '../../../functions/queue/runMessageQueues.ts';
import { handleDelivery } from '../../../functions/run/handleDelivery.ts';
import type { Door } from '../../../functions/run/runDependencies.ts';
import type { ReceivedMessage } from '../../../simulators/aws/sqs/simulatedQueue.ts';
import type { Evidence } from './evidence.ts';
import type { LoadedRunner } from './loadFunctions.ts';

/**
 * Does what the handler of the runner's entry does with a batch: its messages at once, and what they share read once.
 *
 * @returns ids of the messages that come back
 */
export async function handleBatch(
  messages: readonly ReceivedMessage[],
  door: Door,
  { dependencies, clock }: LoadedRunner,
  remainingMs: () => number,
  evidence: Evidence,
): Promise<ReadonlySet<string>> {
  let reading: Promise<SharedState> | undefined;
  const readShared = (): Promise<SharedState> => {
    reading ??= readSharedOfAll(dependencies.ledger, clock.now());
    return reading;
  };
  const failed = await Promise.all(
    messages.map(async ({ id, body, receiveCount, firstReceivedAtMs, sentAtMs, attributes }) => {
      if (receiveCount === 1) {
        clock.learn(firstReceivedAtMs);
      }
      const endedAtMs = Number(attributes[endedAtAttribute] ?? Number.NaN);
      const delivery = {
        body,
        door,
        ...(door === 'intake' && { readShared }),
        receiveCount,
        remainingMs: remainingMs(),
        sentAtMs,
        endedAtMs: Number.isFinite(endedAtMs) ? endedAtMs : undefined,
      } as const;
      try {
        evidence.record(await handleDelivery(delivery, dependencies));
        return [];
      } catch (error) {
        evidence.failedDelivery(error);
        return [id];
      }
    }),
  );
  return new Set(failed.flat());
}
