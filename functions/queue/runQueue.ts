import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../aws/mapConcurrently.ts';

/** Most bytes that SQS takes in a message, and in all messages of a batch together. */
export const maxMessageBytes = 1_048_576;
const messagesPerCall = 10;
const callsAtOnce = 8;

/** One message to be queued. */
export interface OutgoingMessage {
  /** Tells the messages of one call of `send` apart. */
  readonly id: string;
  readonly body: string;
  /** Messages of one group do not delay those of others (SQS fair queues). */
  readonly group: string;
}

/** The queue that carries runs from the receiver to the runner. */
export class RunQueue {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #onTrouble: (error: unknown) => void;

  /** @param onTrouble told of each failure of the queue that was turned into an unsent message */
  constructor(client: SQSClient, url: string, onTrouble: (error: unknown) => void) {
    this.#client = client;
    this.#url = url;
    this.#onTrouble = onTrouble;
  }

  /**
   * Sends messages, ten a call, and reads the result of each. Never rejects.
   *
   * @returns ids of the messages that are not, or may not be, in the queue
   */
  async send(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const batches = packBatches(messages);
    const [only] = batches;
    if (batches.length === 1 && only !== undefined) {
      return new Set(await this.#sendBatch(only, signal));
    }
    const unsent = await mapConcurrently(batches, callsAtOnce, (batch) => this.#sendBatch(batch, signal));
    return new Set(unsent.flat());
  }

  async #sendBatch(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<readonly string[]> {
    try {
      const [only] = batch;
      return batch.length === 1 && only !== undefined
        ? await this.#sendOne(only, signal)
        : await this.#sendMany(batch, signal);
    } catch (error) {
      this.#onTrouble(error);
      return batch.map(({ id }) => id);
    }
  }

  async #sendOne(message: OutgoingMessage, signal: AbortSignal): Promise<readonly string[]> {
    const command = new SendMessageCommand({
      QueueUrl: this.#url,
      MessageBody: message.body,
      MessageGroupId: message.group,
    });
    const { MessageId } = await this.#client.send(command, { abortSignal: signal });
    if (MessageId === undefined) {
      throw new Error('SQS answered without the id of the message, so that it may not have taken it');
    }
    return [];
  }

  async #sendMany(batch: readonly OutgoingMessage[], signal: AbortSignal): Promise<readonly string[]> {
    const Entries: SendMessageBatchRequestEntry[] = batch.map((message, index) => ({
      Id: `${index}`,
      MessageBody: message.body,
      MessageGroupId: message.group,
    }));
    const command = new SendMessageBatchCommand({ QueueUrl: this.#url, Entries });
    const { Successful = [], Failed = [] } = await this.#client.send(command, { abortSignal: signal });
    for (const failure of Failed) {
      const text = `SQS refused a message of a batch: ${failure.Code}`;
      this.#onTrouble(Object.assign(new Error(text), { name: failure.Code ?? 'Unknown' }));
    }
    const sent = new Set(Successful.map(({ Id }) => Id));
    return batch.filter((_message, index) => !sent.has(`${index}`)).map(({ id }) => id);
  }
}

/** Batches of at most ten messages and at most the bytes that SQS takes in one call. */
function packBatches(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const batches: OutgoingMessage[][] = [];
  let batch: OutgoingMessage[] = [];
  let batchBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (batch.length === messagesPerCall || (batch.length > 0 && batchBytes + bytes > maxMessageBytes)) {
      batches.push(batch);
      batch = [];
      batchBytes = 0;
    }
    batch.push(message);
    batchBytes += bytes;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
