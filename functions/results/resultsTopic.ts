import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { RunEnd } from '../ledger/runItem.ts';
import { shortened, shortenedJson } from '../ledger/shortened.ts';
import type { RunMessage } from '../queue/runMessage.ts';
import type { ApprovalNotice } from './approvalNotice.ts';

/** SNS takes 256 KB; the rest is for the message's other members. */
const maxResultBytes = 200_000;

/**
 * What subscribers of the results topic get, as JSON: one message for each run, rarely more. Repeats have the same
 * `runId`. `trigger` and `state` are message attributes too, to filter by.
 */
export interface ResultMessage {
  /** Version of the shape. Members may be added without a new version. */
  readonly version: 1;
  readonly runId: string;
  readonly trigger: string;
  /** Kind of the trigger's action, e.g. `askMave`; absent when the triggers file has no such trigger any more. */
  readonly action?: string | undefined;
  readonly state: RunEnd['state'];
  readonly source: string;
  readonly route: string;
  readonly messageId?: string | undefined;
  readonly userId?: string | undefined;
  readonly creditsUsed: number;
  /**
   * Of a run that is done: what the action documents. Of a run whose answer could not be read: `{answer}`, as it came.
   * Strings that are too long end in `[…cut]`.
   */
  readonly result?: unknown;
  /** Of a run that is not done: a reason code, and a sentence for people. */
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
  /** ISO 8601 */
  readonly finishedAt: string;
}

/** Makes the message about a run's end. */
export function resultMessage(
  message: RunMessage,
  action: string | undefined,
  end: RunEnd,
  finishedAtMs: number,
): ResultMessage {
  return {
    version: 1,
    runId: message.runId,
    trigger: message.trigger,
    action,
    state: end.state,
    source: message.source,
    route: message.route,
    messageId: shortened(message.messageId),
    userId: shortened(message.event.userId),
    creditsUsed: end.creditsUsed ?? 0,
    result: end.result === undefined ? undefined : (JSON.parse(end.result) as unknown),
    reason: end.state === 'done' ? undefined : end.reason,
    detail: end.detail,
    finishedAt: new Date(finishedAtMs).toISOString(),
  };
}

/**
 * Writes a result as JSON. Its longest strings are cut until it is small enough to be kept and published; Mavera's
 * answers are usually a few KB.
 */
export function writeResult(result: Readonly<Record<string, unknown>>): string {
  return shortenedJson(result, maxResultBytes);
}

/** The SNS topic that tells its subscribers how each run has ended, and which runs wait for approval. */
export class ResultsTopic {
  readonly #client: SNSClient;
  readonly #arn: string;

  constructor(client: SNSClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
  }

  /** @throws what the AWS SDK throws when the message is not accepted */
  async publish(message: ResultMessage | ApprovalNotice): Promise<void> {
    const { trigger, state } = message;
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#arn,
        Message: JSON.stringify(message),
        MessageAttributes: {
          trigger: { DataType: 'String', StringValue: trigger },
          state: { DataType: 'String', StringValue: state },
        },
      }),
    );
  }
}
