import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { EndedOccurrence, PullCounts, PullEnd } from '../ledger/pullCursor.ts';

/**
 * What subscribers of the results topic get, as JSON, when an occurrence of a pull has ended: one message for each, rarely
 * more. Repeats have the same `trigger` and `occurrence`. `trigger`, `type` and `status` are message attributes too, to filter
 * by. There is no attribute `state`: subscriptions that filter by the state of runs do not get this message.
 */
export interface PullEndMessage {
  /** Version of the shape. Members may be added without a new version. */
  readonly version: 1;
  readonly type: 'pull.ended';
  readonly trigger: string;
  readonly occurrence: string;
  readonly status: PullEnd['status'];
  /** Of an occurrence that is not done: a sentence for people. */
  readonly detail?: string | undefined;
  readonly counts: PullCounts;
  /** ISO 8601 */
  readonly startedAt: string;
  /** ISO 8601 */
  readonly endedAt: string;
}

/** Makes the message about the end of an occurrence. */
export function pullEndMessage(
  trigger: string,
  { occurrence, status, detail, counts, startedAtMs, endedAtMs }: EndedOccurrence,
): PullEndMessage {
  return {
    version: 1,
    type: 'pull.ended',
    trigger,
    occurrence,
    status,
    detail,
    counts,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
  };
}

/** The results topic, as far as pulls use it: it tells its subscribers how each occurrence has ended. */
export class PullEnds {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  /** @throws what the AWS SDK throws when the message is not accepted */
  async publish(message: PullEndMessage): Promise<void> {
    const { trigger, type, status } = message;
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Message: JSON.stringify(message),
        MessageAttributes: {
          trigger: { DataType: 'String', StringValue: trigger },
          type: { DataType: 'String', StringValue: type },
          status: { DataType: 'String', StringValue: status },
        },
      }),
    );
  }
}
