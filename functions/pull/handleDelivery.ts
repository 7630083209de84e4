import { failOccurrence } from './endOccurrence.ts';
import { handleMessage } from './handleMessage.ts';
import type { PullDependencies } from './pullDependencies.ts';
import { parsePullMessage } from './pullMessage.ts';

/** A message of the puller's queue, as SQS delivers it. */
export interface PullDelivery {
  readonly body: string;
  /** How often SQS has delivered it. */
  readonly receiveCount: number;
  /** Deliveries after which SQS puts it into the dead-letter queue. */
  readonly maxReceives: number;
}

/**
 * Handles a delivery. If it fails for the last time, its occurrence fails too: no other message takes it on.
 *
 * @throws what the AWS SDK throws, and ZodError or SyntaxError for what is not a message of a pull: SQS then delivers it again
 */
export async function handlePullDelivery(
  { body, receiveCount, maxReceives }: PullDelivery,
  dependencies: PullDependencies,
): Promise<void> {
  const message = parsePullMessage(body);
  try {
    await handleMessage(message, dependencies);
  } catch (error) {
    if (receiveCount >= maxReceives) {
      const detail = `A step has failed ${receiveCount} times; its message is in the dead-letter queue`;
      // If the ledger does not answer, the occurrence fails when its time is over.
      await failOccurrence(message, detail, dependencies).catch(() => false);
    }
    throw error;
  }
}
