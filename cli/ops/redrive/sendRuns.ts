import { type RunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { sendMessages } from './sendMessages.ts';

/** Runs that are sent without delay, and then in each further interval. */
const atOnce = 100;
const secondsBetween = 10;
/** The longest that SQS delays a message. */
const maxDelaySeconds = 900;

/** A run to send, and the delay of its delivery. */
export interface OutgoingRun {
  readonly message: RunMessage;
  readonly delaySeconds: number;
}

/**
 * The delay of the n-th of many runs. The runner paces its calls by itself, but each run that has to wait there costs a
 * delivery. When the longest delay is reached, the delays begin again at zero, so that no number of runs makes a burst.
 *
 * @param index how many runs are sent before it
 * @returns seconds
 */
export function delayOf(index: number): number {
  const steps = maxDelaySeconds / secondsBetween + 1;
  return (Math.floor(index / atOnce) % steps) * secondsBetween;
}

/**
 * Sends runs to the run queue.
 *
 * @returns run id → why the queue did not take it; empty if it took all
 * @throws what the AWS SDK throws if the queue does not answer
 */
export async function sendRuns(
  deployment: Pick<Deployment, 'sqs' | 'runQueueUrl'>,
  runs: readonly OutgoingRun[],
): Promise<ReadonlyMap<string, string>> {
  return await sendMessages(
    deployment,
    runs.map(({ message, delaySeconds }) => ({
      runId: message.runId,
      group: message.trigger,
      body: writeRunMessage(message),
      delaySeconds,
    })),
  );
}
