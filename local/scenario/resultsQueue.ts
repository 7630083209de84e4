import { SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { AwsClients } from '../aws/clients.ts';

/** A queue that subscribes to the results topic, as a user's queue would. */
export class ResultsQueue {
  readonly #clients: AwsClients;
  readonly #url: string;

  private constructor(clients: AwsClients, url: string) {
    this.#clients = clients;
    this.#url = url;
  }

  static async subscribe(clients: AwsClients, topicArn: string): Promise<ResultsQueue> {
    const name = `results-${process.pid}`;
    const { QueueUrl = '' } = await clients.sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await clients.sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: Attributes?.QueueArn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    return new ResultsQueue(clients, QueueUrl);
  }

  /** Receives and deletes all messages in the queue. */
  async drain(): Promise<readonly string[]> {
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await this.#clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#url, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) {
        return bodies;
      }
      bodies.push(...Messages.map(({ Body = '' }) => Body));
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      await this.#clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }));
    }
  }
}
