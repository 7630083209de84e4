import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Carry } from '../dynamodb/simulatedDynamo.ts';
import type { SimulatedQueue } from './simulatedQueue.ts';

/** What both kinds of sending say of one message. */
type Entry = Pick<
  SendMessageCommand['input'],
  'MessageBody' | 'MessageGroupId' | 'DelaySeconds' | 'MessageAttributes'
>;

/** Where messages go. */
export type MessageTarget = Pick<SimulatedQueue, 'send' | 'countRequest'>;

/**
 * What the code takes for the SDK's client: it sends to the simulated queues.
 *
 * @param queues by URL
 */
export function simulatedSqs(queues: ReadonlyMap<string, MessageTarget>, carry: Carry): SQSClient {
  const queueOf = (url = ''): MessageTarget => {
    const queue = queues.get(url);
    if (queue === undefined) {
      throw new TypeError(`There is no simulated queue ${url}`);
    }
    queue.countRequest();
    return queue;
  };
  const send = async (command: unknown): Promise<unknown> =>
    await carry(() => {
      if (command instanceof SendMessageCommand) {
        return { MessageId: sendTo(queueOf(command.input.QueueUrl), command.input) };
      }
      if (command instanceof SendMessageBatchCommand) {
        const { QueueUrl, Entries = [] } = command.input;
        const queue = queueOf(QueueUrl);
        return {
          Successful: Entries.map((entry) => ({ Id: entry.Id, MessageId: sendTo(queue, entry) })),
          Failed: [],
        };
      }
      throw new TypeError(`The simulated SQS does not know ${(command as object).constructor.name}`);
    });
  return { send } as unknown as SQSClient;
}

function sendTo(queue: MessageTarget, entry: Entry): string {
  const { MessageBody = '', MessageGroupId = '', DelaySeconds = 0, MessageAttributes = {} } = entry;
  return queue.send({
    body: MessageBody,
    group: MessageGroupId,
    delayMs: DelaySeconds * 1000,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
    ),
  });
}
