import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { fairnessGroup } from '../ledger/keys.ts';
import { type RunMessage, writeRunMessage } from './runMessage.ts';

/** The longest that SQS delays a message. */
const maxDelaySeconds = 900;
/** Of a message attribute; the whole message is what may be large. */
const maxDetailCharacters = 1_000;

/** Why a run is given up. */
export interface DeadLetterReason {
  readonly reason: string;
  readonly detail: string;
}

/** The queues as the runner writes to them: runs that come back later, and runs that are given up. */
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
   * Queues a run to come back not before `message.notBeforeMs`, as a new message, since waiting must not raise
   * the receive count. SQS delays by 15 minutes at most: a run that waits longer comes back and is sent on.
   *
   * @throws what the AWS SDK throws when the queue does not take it, Error when it does not say so
   */
  async sendLater(message: RunMessage, nowMs: number): Promise<void> {
    const waitSeconds = Math.max(0, (message.notBeforeMs ?? nowMs) - nowMs) / 1000;
    // A slot must not be missed; any other wait must not end early, only to be waited again.
    const delaySeconds = message.slotAtMs === undefined ? Math.ceil(waitSeconds) : Math.floor(waitSeconds);
    await this.#send(
      new SendMessageCommand({
        QueueUrl: this.#runQueueUrl,
        MessageBody: writeRunMessage(message),
        MessageGroupId: fairnessGroup(message.event),
        DelaySeconds: Math.min(delaySeconds, maxDelaySeconds),
      }),
    );
  }

  /**
   * Puts a message into the dead-letter queue, as it came, with the reason as message attributes.
   *
   * @throws what the AWS SDK throws when the queue does not take it, Error when it does not say so
   */
  async deadLetter(body: string, { reason, detail }: DeadLetterReason): Promise<void> {
    await this.#send(
      new SendMessageCommand({
        QueueUrl: this.#deadLetterQueueUrl,
        MessageBody: body,
        MessageAttributes: {
          reason: { DataType: 'String', StringValue: reason },
          detail: { DataType: 'String', StringValue: attributeText(detail) },
        },
      }),
    );
  }

  /** The delivered message is acknowledged for this one: it has to be there. */
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
