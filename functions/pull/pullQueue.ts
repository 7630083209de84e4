import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../aws/mapConcurrently.ts';
import { type RunMessage, writeRunMessage } from '../queue/runMessage.ts';
import { packBatches } from '../queue/runQueue.ts';
import { type PullMessage, writePullMessage } from './pullMessage.ts';

/** The longest that SQS delays a message. */
const maxDelaySeconds = 900;
const callsAtOnce = 4;

/** The queues that the puller writes to. */
export interface PullQueueUrls {
  readonly pulls: string;
  /** New runs, of which there may be many. */
  readonly bulk: string;
}

/**
 * The queues of the puller: its own, and the bulk queue of runs.
 *
 * All methods throw what the AWS SDK throws when a queue does not answer, and Error when it does not say that it has taken
 * a message.
 */
export class PullQueue {
  readonly #client: SQSClient;
  readonly #urls: PullQueueUrls;

  constructor(client: SQSClient, urls: PullQueueUrls) {
    this.#client = client;
    this.#urls = urls;
  }

  /** Queues a message of a pull that comes at a time. What is further away than 15 minutes comes earlier, and is sent again. */
  async send(message: PullMessage, dueAtMs: number, nowMs: number): Promise<void> {
    const delaySeconds = Math.ceil(Math.max(0, dueAtMs - nowMs) / 1000);
    const { MessageId } = await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#urls.pulls,
        MessageBody: writePullMessage(message),
        MessageGroupId: message.trigger,
        DelaySeconds: Math.min(delaySeconds, maxDelaySeconds),
      }),
    );
    if (MessageId === undefined) {
      throw new Error('SQS answered without the id of the message, so that it may not have taken it');
    }
  }

  /** Queues runs, all of them or it throws: those that were taken may then be sent again, because their ids are the same. */
  async sendRuns(runs: readonly RunMessage[]): Promise<void> {
    const bodies = runs.map((run) => ({ trigger: run.trigger, body: writeRunMessage(run) }));
    await mapConcurrently(packBatches(bodies), callsAtOnce, async (batch) => {
      const { Successful = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#urls.bulk,
          Entries: batch.map(({ body, trigger }, index) => ({
            Id: `${index}`,
            MessageBody: body,
            MessageGroupId: trigger,
          })),
        }),
      );
      if (Successful.length < batch.length) {
        throw new Error(`SQS took ${Successful.length} of ${batch.length} runs of a batch`);
      }
    });
  }
}
