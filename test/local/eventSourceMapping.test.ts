import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AwsClients, createAwsClients } from '../../local/aws/clients.ts';
import { type AwsServers, startAwsServers } from '../../local/aws/servers.ts';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../local/eventSourceMapping/eventSourceMapping.ts';
import type { InvocationResult } from '../../local/lambda/invocationResult.ts';

const succeeded: InvocationResult = { ok: true, payload: 'null' };
const failed: InvocationResult = { ok: false, error: { errorType: 'Error', errorMessage: 'x' } };

let servers: AwsServers;
let clients: AwsClients;
let queues = 0;
const mappings: EventSourceMapping[] = [];

beforeAll(async () => {
  servers = await startAwsServers({ dynamodb: 'http://127.0.0.1:1' }, '');
  clients = createAwsClients(servers.endpoints);
});

afterAll(async () => {
  clients?.destroy();
  await servers?.stop();
});

afterEach(async () => {
  await Promise.all(mappings.splice(0).map((mapping) => mapping.stop()));
});

async function createQueue(attributes: Record<string, string> = {}): Promise<string> {
  queues += 1;
  const created = await clients.sqs.send(
    new CreateQueueCommand({ QueueName: `queue-${queues}`, Attributes: attributes }),
  );
  return created.QueueUrl ?? '';
}

async function arnOf(queueUrl: string): Promise<string> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] });
  return (await clients.sqs.send(command)).Attributes?.QueueArn ?? '';
}

/** The messages that are visible, delayed and in flight. */
async function left(queueUrl: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await clients.sqs.send(command);
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesDelayed) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible)
  );
}

async function sendMessages(queueUrl: string, bodies: readonly string[]): Promise<void> {
  const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
  for (let start = 0; start < Entries.length; start += 10) {
    const batch = Entries.slice(start, start + 10);
    await clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: batch }));
  }
}

function start(
  queueUrl: string,
  invoke: (event: SQSEvent) => Promise<InvocationResult>,
  more: Partial<EventSourceMappingOptions> = {},
): EventSourceMapping {
  const mapping = startEventSourceMapping({
    queueUrl,
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:runs',
    batchSize: 1,
    maximumConcurrency: 2,
    reportsBatchItemFailures: true,
    sqs: clients.sqs,
    administrator: clients.sqs,
    redeliverAfterSeconds: undefined,
    invoke: (event) => invoke(JSON.parse(event)),
    onError: (error) => {
      throw error;
    },
    ...more,
  });
  mappings.push(mapping);
  return mapping;
}

describe('a message', () => {
  it('reaches the function as Lambda’s event, and is deleted when the function succeeds', async () => {
    const queueUrl = await createQueue();
    const { MessageId } = await clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: '{"a":1}',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } },
      }),
    );
    const events: SQSEvent[] = [];
    start(queueUrl, async (event) => {
      events.push(event);
      return succeeded;
    });
    await expect.poll(() => left(queueUrl)).toBe(0);
    expect(events).toEqual([
      {
        Records: [
          {
            messageId: MessageId,
            receiptHandle: expect.any(String),
            body: '{"a":1}',
            attributes: {
              ApproximateReceiveCount: '1',
              ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
              SenderId: expect.any(String),
              SentTimestamp: expect.stringMatching(/^\d{13}$/),
            },
            messageAttributes: {
              kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
            },
            md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
            md5OfMessageAttributes: expect.any(String),
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:runs',
            awsRegion: 'us-east-1',
          },
        ],
      },
    ]);
  });

  it('is delivered again after the visibility timeout when the function fails', async () => {
    const queueUrl = await createQueue({ VisibilityTimeout: '1' });
    await sendMessages(queueUrl, ['a']);
    const counts: (string | undefined)[] = [];
    start(queueUrl, async ({ Records }) => {
      counts.push(Records[0]?.attributes.ApproximateReceiveCount);
      return counts.length === 1 ? failed : succeeded;
    });
    await expect.poll(() => left(queueUrl)).toBe(0);
    expect(counts).toEqual(['1', '2']);
  });

  it('is delivered again sooner with redeliverAfterSeconds', async () => {
    const queueUrl = await createQueue({ VisibilityTimeout: '1080' });
    await sendMessages(queueUrl, ['a']);
    let invocations = 0;
    const invoke = async (): Promise<InvocationResult> => {
      invocations += 1;
      return invocations === 1 ? failed : succeeded;
    };
    start(queueUrl, invoke, { redeliverAfterSeconds: 1 });
    await expect.poll(() => left(queueUrl)).toBe(0);
    expect(invocations).toBe(2);
  });

  it('goes to the dead-letter queue after too many receives', async () => {
    const deadLetters = await createQueue();
    const queueUrl = await createQueue({
      VisibilityTimeout: '1',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: await arnOf(deadLetters), maxReceiveCount: 2 }),
    });
    await sendMessages(queueUrl, ['poison']);
    let invocations = 0;
    start(queueUrl, async () => {
      invocations += 1;
      return failed;
    });
    await expect.poll(() => left(deadLetters)).toBe(1);
    expect(invocations).toBe(2);
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetters }));
    expect(Messages.map(({ Body }) => Body)).toEqual(['poison']);
  });
});

describe('a batch', () => {
  it('keeps only the messages in the queue that the function reports as failed', async () => {
    const queueUrl = await createQueue({ VisibilityTimeout: '1080' });
    await sendMessages(queueUrl, ['good', 'bad', 'good', 'bad', 'good']);
    const sizes: number[] = [];
    const invoke = async ({ Records }: SQSEvent): Promise<InvocationResult> => {
      sizes.push(Records.length);
      const batchItemFailures = Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({
        itemIdentifier: messageId,
      }));
      return { ok: true, payload: JSON.stringify({ batchItemFailures }) };
    };
    start(queueUrl, invoke, { batchSize: 10, maximumConcurrency: 2 });
    await expect.poll(() => left(queueUrl)).toBe(2);
    expect(sizes).toEqual([5]);
  });

  it('is never larger than the batch size', async () => {
    const queueUrl = await createQueue();
    await sendMessages(queueUrl, Array.from({ length: 10 }, String));
    const sizes: number[] = [];
    const invoke = async ({ Records }: SQSEvent): Promise<InvocationResult> => {
      sizes.push(Records.length);
      return succeeded;
    };
    start(queueUrl, invoke, { batchSize: 3, maximumConcurrency: 10 });
    await expect.poll(() => left(queueUrl)).toBe(0);
    expect(Math.max(...sizes)).toBe(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10);
  });
});

describe('the mapping', () => {
  it('never exceeds its concurrency, and receives no more messages than that needs', async () => {
    const queueUrl = await createQueue();
    await sendMessages(queueUrl, Array.from({ length: 40 }, String));
    let running = 0;
    let most = 0;
    let inFlight = 0;
    const invoke = async (): Promise<InvocationResult> => {
      running += 1;
      most = Math.max(most, running);
      const attributes = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] });
      const { Attributes } = await clients.sqs.send(attributes);
      inFlight = Math.max(inFlight, Number(Attributes?.ApproximateNumberOfMessagesNotVisible));
      await sleep(20);
      running -= 1;
      return succeeded;
    };
    start(queueUrl, invoke, { maximumConcurrency: 4 });
    await expect.poll(() => left(queueUrl)).toBe(0);
    expect(most).toBe(4);
    expect(inFlight).toBe(4);
  });

  it('continues when the queue is reachable again', async () => {
    const queueUrl = await createQueue();
    await sendMessages(queueUrl, ['a']);
    let isUp = false;
    const proxy = createServer((socket) => {
      const { hostname, port } = new URL(servers.endpoints.sqs);
      socket.on('error', () => undefined);
      if (isUp) {
        socket.pipe(connect(Number(port), hostname)).pipe(socket);
      } else {
        socket.destroy();
      }
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const flaky = createAwsClients({ ...servers.endpoints, sqs: `http://127.0.0.1:${port}` });
    const errors: unknown[] = [];
    start(queueUrl, async () => succeeded, { sqs: flaky.sqs, onError: (error) => errors.push(error) });
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    isUp = true;
    await expect.poll(() => left(queueUrl)).toBe(0);
    await Promise.all(mappings.splice(0).map((mapping) => mapping.stop()));
    flaky.destroy();
    proxy.close();
  });

  it('can be stopped while it waits for messages', async () => {
    const mapping = start(await createQueue(), async () => succeeded);
    await sleep(100);
    await mapping.stop();
    expect(mapping.running).toBe(0);
  });
});
