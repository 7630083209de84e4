import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { ResultMessage } from './resultMessage.ts';

/** The SNS topic that tells its subscribers how each run has ended. */
export class ResultsTopic {
  readonly #client: SNSClient;
  readonly #arn: string;

  constructor(client: SNSClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
  }

  /** @throws what the AWS SDK throws when the message is not accepted */
  async publish(message: ResultMessage): Promise<void> {
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
