import { CreateTopicCommand, DeleteTopicCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { LocalSystemError } from '../localSystemError.ts';
import { parseProperties } from '../template/parseProperties.ts';
import type { CreatedResource, NamedResource } from './createdResource.ts';

const topicSchema = z.strictObject({
  DisplayName: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
  SignatureVersion: z.string().optional(),
  Tags: z.unknown().optional(),
  TopicName: z.string().optional(),
  TracingConfig: z.string().optional(),
});

/** Creates a topic. */
export async function createTopic(
  client: SNSClient,
  { logicalId, name, properties }: NamedResource,
): Promise<CreatedResource> {
  const topic = parseProperties(topicSchema, logicalId, properties);
  const topicName = topic.TopicName ?? name;
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: topicName }));
  if (TopicArn === undefined) {
    throw new LocalSystemError(`${logicalId}: the SNS server did not return the ARN of ${topicName}`);
  }
  return {
    ref: TopicArn,
    attributes: { TopicArn, TopicName: topicName },
    remove: async () => {
      await client.send(new DeleteTopicCommand({ TopicArn }));
    },
  };
}
