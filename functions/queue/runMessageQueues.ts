import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type RunMessage, writeRunMessage } from './runMessage.ts';
import { packBatches } from './runQueue.ts';

/** The longest that SQS delays a message. */
const maxDelaySeconds = 900;
/** How long before a slot the delay of its message ends. */
const beforeSlotSeconds = 0.2;
/** Of a message attribute; the body has the whole message. */
const maxDetailCharacters = 1_000;

/** The message attribute of a dead letter with the moment at which its run ended, in epoch milliseconds. */
export const endedAtAttribute = 'endedAtMs';

/** Why a message is dead-lettered. */
export interface DeadLetterReason {
  readonly reason: string;
  readonly detail: string;
  /** When its run ended: when the message comes back, it redrives that end alone. Absent for what is not a run. */
  readonly endedAtMs?: number | undefined;
}

/** The URLs of the queues that the runner writes to. */
export interface RunMessageQueueUrls {
  /** Where new runs arrive. */
  readonly intake: string;
  /** Where new runs arrive that may be many at once. */
  readonly bulk: string;
  /** Where runs are that must not wait behind new ones. */
  readonly ready: string;
  readonly deadLetters: string;
}

/**
 * The queues that the runner writes to. *Ready* has what must not wait behind new runs: runs with a slot, polls,
 * searches, reports and short waits. A run whose wait has no known end goes to *intake*, if it cannot be parked. *Bulk* has
 * the runs that follow others.
 */
export class RunMessageQueues {
  readonly #client: SQSClient;
  readonly #urls: RunMessageQueueUrls;

  constructor(client: SQSClient, urls: RunMessageQueueUrls) {
    this.#client = client;
    this.#urls = urls;
  }

  /** The same without the ready queue: what would go there goes to the intake queue. */
  inOneQueue(): RunMessageQueues {
    return new RunMessageQueues(this.#client, { ...this.#urls, ready: this.#urls.intake });
  }

  /**
   * Queues a run to come back at `message.notBeforeMs` or later. It is a new message, because waiting must not raise the
   * receive count. SQS delays by 15 minutes at most: a run that waits longer comes back and is sent again.
   *
   * @param queue where it comes back
   * @throws what the AWS SDK throws when the queue does not take it, Error when it does not say so
   */
  async sendLater(
    message: RunMessage,
    nowMs: number,
    queue: 'ready' | 'intake' | 'bulk' = 'ready',
  ): Promise<void> {
    await this.#send(
      new SendMessageCommand({ QueueUrl: this.#urls[queue], ...entryOf(delayed(message, nowMs)) }),
    );
  }

  /**
   * Queues up to ten runs in the ready queue, each as {@link sendLater} does, in as few calls as their sizes allow.
   *
   * @returns those that are in the queue
   * @throws what the AWS SDK throws when the queue does not answer
   */
  async sendReady(messages: readonly RunMessage[], nowMs: number): Promise<readonly RunMessage[]> {
    const sent: RunMessage[] = [];
    for (const batch of packBatches(messages.map((message) => ({ message, ...delayed(message, nowMs) })))) {
      const Entries: SendMessageBatchRequestEntry[] = batch.map((one, index) => ({
        Id: `${index}`,
        ...entryOf(one),
      }));
      const command = new SendMessageBatchCommand({ QueueUrl: this.#urls.ready, Entries });
      const { Successful = [] } = await this.#client.send(command);
      const taken = new Set(Successful.map(({ Id }) => Id));
      sent.push(...batch.filter((_one, index) => taken.has(`${index}`)).map(({ message }) => message));
    }
    return sent;
  }

  /**
   * Puts a message into the dead-letter queue, as it came, with the reason as message attributes.
   *
   * @throws what the AWS SDK throws when the queue does not take it, Error when it does not say so
   */
  async deadLetter(body: string, { reason, detail, endedAtMs }: DeadLetterReason): Promise<void> {
    await this.#send(
      new SendMessageCommand({
        QueueUrl: this.#urls.deadLetters,
        MessageBody: body,
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: reason },
          detail: { DataType: 'String', StringValue: attributeText(detail) },
          ...(endedAtMs === undefined
            ? {}
            : { [endedAtAttribute]: { DataType: 'Number', StringValue: `${endedAtMs}` } }),
        },
      }),
    );
  }

  /** The delivered message is deleted for this one, so that this one must be in the queue. */
  async #send(command: SendMessageCommand): Promise<void> {
    const { MessageId } = await this.#client.send(command);
    if (MessageId === undefined) {
      throw new Error('SQS answered without the id of the message, so that it may not have taken it');
    }
  }
}

/** What SQS is told of one message. */
interface DelayedMessage {
  readonly body: string;
  readonly group: string;
  readonly delaySeconds: number;
}

/** A message that comes when its run is due. */
function delayed(message: RunMessage, nowMs: number): DelayedMessage {
  const waitSeconds = Math.max(0, (message.notBeforeMs ?? nowMs) - nowMs) / 1000;
  // A slot must not be missed: the delay ends before it. Any other wait must not end early, because the run would wait
  // again.
  const delaySeconds =
    message.slotAtMs === undefined
      ? Math.ceil(waitSeconds)
      : Math.floor(Math.max(0, waitSeconds - beforeSlotSeconds));
  return {
    body: writeRunMessage(message),
    group: message.trigger,
    delaySeconds: Math.min(delaySeconds, maxDelaySeconds),
  };
}

function entryOf({ body, group, delaySeconds }: DelayedMessage): Omit<SendMessageBatchRequestEntry, 'Id'> {
  return { MessageBody: body, MessageGroupId: group, DelaySeconds: delaySeconds };
}

/** SQS refuses empty attributes and control characters. */
function attributeText(text: string): string {
  const cut = text.slice(0, maxDetailCharacters).toWellFormed();
  return cut === '' ? '-' : cut.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/gu, '\uFFFD');
}
