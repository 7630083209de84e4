import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EnvironmentPool } from '../lambda/environmentPool.ts';
import { LocalSystemError } from '../localSystemError.ts';

const checkEveryMs = 50;

const counts = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
] as const;

/**
 * Waits until nothing is left to do: no message in the queue, be it visible, delayed or in flight, and no
 * invocation under way. The queue is read between two looks at the pools, so that no work can slip from one to the
 * other unseen.
 *
 * @throws {LocalSystemError} saying what is left when the time is over.
 */
export async function waitUntilDrained(
  sqs: SQSClient,
  queueUrl: string,
  pools: readonly EnvironmentPool[],
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const before = sum(pools.map(({ invocations }) => invocations));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...counts] }),
    );
    const messages = sum(counts.map((count) => Number(Attributes?.[count] ?? 0)));
    const busy = sum(pools.map((pool) => pool.busy));
    if (messages + busy === 0 && sum(pools.map(({ invocations }) => invocations)) === before) {
      return;
    }
    if (Date.now() > deadlineMs) {
      const left = counts.map((count) => `${count} ${Attributes?.[count]}`).join(', ');
      throw new LocalSystemError(
        `not drained after ${timeoutMs / 1000} s: ${left}; invocations under way ${busy}`,
      );
    }
    await sleep(checkEveryMs);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
