import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { type RunMessage, writeRunMessage } from '../../../functions/queue/runMessage.ts';
import { maxMessageBytes } from '../../../functions/queue/runQueue.ts';
import type { Deployment } from '../deployment/deployment.ts';

const messagesPerCall = 10;
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
  { sqs, runQueueUrl }: Pick<Deployment, 'sqs' | 'runQueueUrl'>,
  runs: readonly OutgoingRun[],
): Promise<ReadonlyMap<string, string>> {
  const refused = new Map<string, string>();
  for (const batch of batches(runs)) {
    const { Successful = [], Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: runQueueUrl,
        Entries: batch.map(({ message, body, delaySeconds }, index) => ({
          Id: `${index}`,
          MessageBody: body,
          MessageGroupId: message.trigger,
          DelaySeconds: delaySeconds,
        })),
      }),
    );
    const taken = new Set(Successful.map(({ Id }) => Id));
    for (const [index, { message }] of batch.entries()) {
      if (!taken.has(`${index}`)) {
        const { Code, Message } = Failed.find(({ Id }) => Id === `${index}`) ?? {};
        refused.set(message.runId, `The queue did not take it: ${Message ?? Code ?? 'it gave no reason'}`);
      }
    }
  }
  return refused;
}

interface WrittenRun extends OutgoingRun {
  readonly body: string;
}

/** Splits runs into batches that SQS takes in one call, by number and bytes. */
function batches(runs: readonly OutgoingRun[]): readonly (readonly WrittenRun[])[] {
  const found: WrittenRun[][] = [];
  let roomBytes = 0;
  for (const run of runs) {
    const body = writeRunMessage(run.message);
    const bytes = Buffer.byteLength(body);
    const batch = found.at(-1);
    if (batch === undefined || batch.length === messagesPerCall || bytes > roomBytes) {
      found.push([{ ...run, body }]);
      roomBytes = maxMessageBytes - bytes;
    } else {
      batch.push({ ...run, body });
      roomBytes -= bytes;
    }
  }
  return found;
}
