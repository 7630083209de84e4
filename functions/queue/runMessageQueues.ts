import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type RunMessage, writeRunMessage } from './runMessage.ts';

/** The longest that SQS delays a message. */
const maxDelaySeconds = 900;
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

/** The queues that the runner writes to: runs that come back later, and dead letters. */
export class RunMessageQueues {
  readonly #client: SQSClient;
  readonly #runQueueUrl: string;
  readonly #deadLetterQueueUrl: string;

  constructor(client: SQSClient, runQueueUrl: string, deadLetterQueueUrl: string) {
    this.#client = client;
    this.#runQueueUrl = runQueueUrl;
    this.#deadLetterQueueUrl = deadLetterQueueUrl;
  }

  /**
   * Queues a run to come back at `message.notBeforeMs` or later. It is a new message, because waiting must not raise the
   * receive count. SQS delays by 15 minutes at most: a run that waits longer comes back and is sent again.
   *
   * @throws what the AWS SDK throws when the queue does not take it, Error when it does not say so
   */
  async sendLater(message: RunMessage, nowMs: number): Promise<void> {
    const waitSeconds = Math.max(0, (message.notBeforeMs ?? nowMs) - nowMs) / 1000;
    // A slot must not be missed. Any other wait must not end early, because the run would wait again.
    const delaySeconds = message.slotAtMs === undefined ? Math.ceil(waitSeconds) : Math.floor(waitSeconds);
    await this.#send(
      new SendMessageCommand({
        QueueUrl: this.#runQueueUrl,
        MessageBody: writeRunMessage(message),
        MessageGroupId: message.trigger,
        DelaySeconds: Math.min(delaySeconds, maxDelaySeconds),
      }),
    );
  }

  /**
   * Puts a message into the dead-letter queue, as it came, with the reason as message attributes.
   *
   * @throws what the AWS SDK throws when the queue does not take it, Error when it does not say so
   */
  async deadLetter(body: string, { reason, detail, endedAtMs }: DeadLetterReason): Promise<void> {
    await this.#send(
      new SendMessageCommand({
        QueueUrl: this.#deadLetterQueueUrl,
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

/** SQS refuses empty attributes and control characters. */
function attributeText(text: string): string {
  const cut = text.slice(0, maxDetailCharacters).toWellFormed();
  return cut === '' ? '-' : cut.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/gu, '\uFFFD');
}
