import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { mapConcurrently } from '../aws/mapConcurrently.ts';
import { maxMessageBytes } from './runMessage.ts';

const messagesPerCall = 10;
const callsAtOnce = 8;

/** One message to be queued. */
export interface OutgoingMessage {
  /** Tells the messages of one call of `send` apart. */
  readonly id: string;
  readonly body: string;
  /** The group of the message: the runs of one trigger do not delay those of others (SQS fair queues). */
  readonly trigger: string;
  /** A message that cancels runs does not count towards its trigger's share: it always goes to the intake queue. */
  readonly kind: 'run' | 'cancel';
}

/** The queues that carry new runs from the receiver to the runner. */
export interface RunQueueUrls {
  readonly intake: string;
  /** For runs beyond their trigger's share of the intake queue. */
  readonly bulk: string;
}

/** What became of the messages of one call of `send`. */
export interface Sending {
  /** Ids of the messages that are not, or may not be, in a queue. */
  readonly unsentIds: ReadonlySet<string>;
  /** How many messages are in the bulk queue. */
  readonly toBulk: number;
}

/** Messages of one call, all for one queue. */
interface Batch {
  readonly url: string;
  readonly messages: readonly OutgoingMessage[];
}

/** The runs that a trigger may send to the intake queue at once, and how long it takes until it may send another one. */
const shareRuns = 10;
const shareEveryMs = 10_000;
const shareMs = shareRuns * shareEveryMs;

/**
 * The share that each trigger has in the intake queue: a token bucket of ten runs, and one more every ten seconds. So a
 * few runs of one trigger never wait behind thousands of another. Each execution environment counts for itself.
 */
export class IntakeShare {
  /** When a trigger's share is whole again: a run takes ten seconds of it. */
  readonly #wholeAtMs = new Map<string, number>();

  /** Takes a run's part of its trigger's share. @returns whether there was enough left */
  take(trigger: string, nowMs: number): boolean {
    const latestMs = nowMs + shareMs;
    // A clock that was set back must not send all runs to the bulk queue until it has caught up.
    const wholeAtMs = Math.min(Math.max(this.#wholeAtMs.get(trigger) ?? nowMs, nowMs), latestMs);
    const isEnough = wholeAtMs + shareEveryMs <= latestMs;
    this.#wholeAtMs.set(trigger, isEnough ? wholeAtMs + shareEveryMs : wholeAtMs);
    return isEnough;
  }
}

/** Sends new runs to the queues of the runner. */
export class RunQueue {
  readonly #client: SQSClient;
  readonly #urls: RunQueueUrls;
  readonly #onTrouble: (error: unknown) => void;
  readonly #share = new IntakeShare();

  /** @param onTrouble told of each failure of a queue that was turned into an unsent message */
  constructor(client: SQSClient, urls: RunQueueUrls, onTrouble: (error: unknown) => void) {
    this.#client = client;
    this.#urls = urls;
    this.#onTrouble = onTrouble;
  }

  /**
   * Sends messages, ten a call, and reads the result of each. The first ones of a trigger go to the intake queue as far as
   * its share is enough, the others to the bulk queue. Never rejects.
   */
  async send(messages: readonly OutgoingMessage[], nowMs: number, signal: AbortSignal): Promise<Sending> {
    const intake: OutgoingMessage[] = [];
    const bulk: OutgoingMessage[] = [];
    for (const message of messages) {
      const isForIntake = message.kind === 'cancel' || this.#share.take(message.trigger, nowMs);
      (isForIntake ? intake : bulk).push(message);
    }
    const urls = this.#urls;
    const batches = [...batchesFor(urls.intake, intake), ...batchesFor(urls.bulk, bulk)];
    const unsentIds = new Set(await this.#sendBatches(batches, signal));
    return { unsentIds, toBulk: bulk.filter(({ id }) => !unsentIds.has(id)).length };
  }

  async #sendBatches(batches: readonly Batch[], signal: AbortSignal): Promise<readonly string[]> {
    const [only] = batches;
    if (batches.length === 1 && only !== undefined) {
      return await this.#sendBatch(only, signal);
    }
    const unsent = await mapConcurrently(batches, callsAtOnce, (batch) => this.#sendBatch(batch, signal));
    return unsent.flat();
  }

  async #sendBatch(batch: Batch, signal: AbortSignal): Promise<readonly string[]> {
    const { url, messages } = batch;
    try {
      const [only] = messages;
      return messages.length === 1 && only !== undefined
        ? await this.#sendOne(url, only, signal)
        : await this.#sendMany(batch, signal);
    } catch (error) {
      this.#onTrouble(error);
      return messages.map(({ id }) => id);
    }
  }

  async #sendOne(url: string, message: OutgoingMessage, signal: AbortSignal): Promise<readonly string[]> {
    const command = new SendMessageCommand({
      QueueUrl: url,
      MessageBody: message.body,
      MessageGroupId: message.trigger,
    });
    const { MessageId } = await this.#client.send(command, { abortSignal: signal });
    if (MessageId === undefined) {
      throw new Error('SQS answered without the id of the message, so that it may not have taken it');
    }
    return [];
  }

  async #sendMany({ url, messages }: Batch, signal: AbortSignal): Promise<readonly string[]> {
    const Entries: SendMessageBatchRequestEntry[] = messages.map((message, index) => ({
      Id: `${index}`,
      MessageBody: message.body,
      MessageGroupId: message.trigger,
    }));
    const command = new SendMessageBatchCommand({ QueueUrl: url, Entries });
    const { Successful = [], Failed = [] } = await this.#client.send(command, { abortSignal: signal });
    for (const failure of Failed) {
      const text = `SQS refused a message of a batch: ${failure.Code}`;
      this.#onTrouble(Object.assign(new Error(text), { name: failure.Code ?? 'Unknown' }));
    }
    const sent = new Set(Successful.map(({ Id }) => Id));
    return messages.filter((_message, index) => !sent.has(`${index}`)).map(({ id }) => id);
  }
}

function batchesFor(url: string, messages: readonly OutgoingMessage[]): readonly Batch[] {
  return packBatches(messages).map((batch) => ({ url, messages: batch }));
}

/** Batches of at most ten messages and at most the bytes that SQS takes in one call. */
export function packBatches<Message extends { readonly body: string }>(
  messages: readonly Message[],
): readonly (readonly Message[])[] {
  const batches: Message[][] = [];
  let batch: Message[] | undefined;
  let batchBytes = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (batch === undefined || batch.length === messagesPerCall || batchBytes + bytes > maxMessageBytes) {
      batch = [];
      batches.push(batch);
      batchBytes = 0;
    }
    batch.push(message);
    batchBytes += bytes;
  }
  return batches;
}
