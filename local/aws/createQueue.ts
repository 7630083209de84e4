import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from '../template/parseProperties.ts';
import type { CreatedResource, NamedResource } from './createdResource.ts';

const queueSchema = z.strictObject({
  DelaySeconds: z.number().optional(),
  KmsDataKeyReusePeriodSeconds: z.number().optional(),
  KmsMasterKeyId: z.string().optional(),
  MaximumMessageSize: z.number().optional(),
  MessageRetentionPeriod: z.number().optional(),
  QueueName: z.string().optional(),
  ReceiveMessageWaitTimeSeconds: z.number().optional(),
  RedriveAllowPolicy: z.record(z.string(), z.unknown()).optional(),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
  Tags: z.unknown().optional(),
  VisibilityTimeout: z.number().optional(),
});

type QueueProperties = z.output<typeof queueSchema>;

/**
 * Creates a queue with its attributes.
 *
 * @param publicEndpoint the SQS endpoint of the functions: their queue URLs point there.
 */
export async function createQueue(
  client: SQSClient,
  { logicalId, name, properties }: NamedResource,
  publicEndpoint: string,
): Promise<CreatedResource> {
  const queue = parseProperties(queueSchema, logicalId, properties);
  const queueName = queue.QueueName ?? name;
  const created = await client.send(
    new CreateQueueCommand({ QueueName: queueName, Attributes: queueAttributes(queue) }),
  );
  const QueueUrl = created.QueueUrl ?? '';
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.QueueArn;
  if (arn === undefined) {
    throw new LocalSystemError(`${logicalId}: the SQS server did not return the ARN of ${QueueUrl}`);
  }
  const url = `${publicEndpoint}${new URL(QueueUrl).pathname}`;
  return {
    ref: url,
    attributes: { Arn: arn, QueueName: queueName, QueueUrl: url },
    remove: async () => {
      await client.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** The properties as strings, as the API takes them. Encryption is left out: the emulator has no keys. */
function queueAttributes(queue: QueueProperties): Record<string, string> {
  const { DelaySeconds, MaximumMessageSize, MessageRetentionPeriod, VisibilityTimeout } = queue;
  const { ReceiveMessageWaitTimeSeconds, RedriveAllowPolicy, RedrivePolicy } = queue;
  const values = {
    DelaySeconds,
    MaximumMessageSize,
    MessageRetentionPeriod,
    ReceiveMessageWaitTimeSeconds,
    RedriveAllowPolicy,
    RedrivePolicy,
    VisibilityTimeout,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [[key, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const],
    ),
  );
}
