import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { maxMessageBytes } from '../../../functions/queue/runMessage.ts';
import type { Deployment } from '../deployment/deployment.ts';

const messagesPerCall = 10;

/** A message to send to the run queue. */
export interface OutgoingMessage {
  readonly runId: string;
  /** Messages of one group do not delay those of others (SQS fair queues). */
  readonly group: string;
  readonly body: string;
  readonly delaySeconds: number;
}

/**
 * Sends messages to the run queue, as many a call as SQS takes.
 *
 * @returns run id → why the queue did not take it; empty if it took all
 * @throws what the AWS SDK throws if the queue does not answer
 */
export async function sendMessages(
  { sqs, runQueueUrl }: Pick<Deployment, 'sqs' | 'runQueueUrl'>,
  messages: readonly OutgoingMessage[],
): Promise<ReadonlyMap<string, string>> {
  const refused = new Map<string, string>();
  for (const batch of batches(messages)) {
    const { Successful = [], Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: runQueueUrl,
        Entries: batch.map(({ group, body, delaySeconds }, index) => ({
          Id: `${index}`,
          MessageBody: body,
          MessageGroupId: group,
          DelaySeconds: delaySeconds,
        })),
      }),
    );
    const taken = new Set(Successful.map(({ Id }) => Id));
    for (const [index, { runId }] of batch.entries()) {
      if (!taken.has(`${index}`)) {
        const { Code, Message } = Failed.find(({ Id }) => Id === `${index}`) ?? {};
        refused.set(runId, `The queue did not take it: ${Message ?? Code ?? 'it gave no reason'}`);
      }
    }
  }
  return refused;
}

/** Splits messages into batches that SQS takes in one call, by number and bytes. */
function batches(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const found: OutgoingMessage[][] = [];
  let roomBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    const batch = found.at(-1);
    if (batch === undefined || batch.length === messagesPerCall || bytes > roomBytes) {
      found.push([message]);
      roomBytes = maxMessageBytes - bytes;
    } else {
      batch.push(message);
      roomBytes -= bytes;
    }
  }
  return found;
}
