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
 * Waits until no work is left: no message in the queue (visible, delayed or in flight) and no invocation under way. The
 * queue is read between two reads of the pools, so that work which moves from one to the other is not missed.
 *
 * @throws {LocalSystemError} with what is left after the timeout.
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
        `the run queue is not empty after ${timeoutMs / 1000} s: ${left}; invocations under way ${busy}`,
      );
    }
    await sleep(checkEveryMs);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
