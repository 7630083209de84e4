import { inDependencyOrder } from '../template/references.ts';
import { generatedName } from '../template/resourceNames.ts';
import type { Template } from '../template/template.ts';
import type { AwsClients } from './clients.ts';
import type { CreatedResource, NamedResource } from './createdResource.ts';
import { createQueue } from './createQueue.ts';
import { createSecret } from './createSecret.ts';
import { createTable } from './createTable.ts';
import { createTopic } from './createTopic.ts';

/** What the resources are made with. */
export interface CreationOptions {
  readonly template: Template;
  readonly clients: AwsClients;
  /** The endpoint that the functions reach SQS by. */
  readonly publicEndpoint: string;
  /** The end of the names that the template leaves to CloudFormation. */
  readonly nameSuffix: string;
  /** The properties of a resource, with every intrinsic function resolved. */
  properties(logicalId: string): unknown;
  /** Takes what a resource's `Ref` and `Fn::GetAtt` give, before those that refer to it are made. */
  created(logicalId: string, type: string, resource: CreatedResource): void;
}

/**
 * Makes the template's tables, queues, topics and secrets on the servers, each after those that it refers to.
 *
 * @throws {LocalSystemError} for a property that the local system cannot honour.
 */
export async function createResources(options: CreationOptions): Promise<void> {
  const { template, nameSuffix, properties, created } = options;
  for (const { logicalId, type } of inDependencyOrder(template.resources)) {
    const create = creatorOf(type, options);
    if (create !== undefined) {
      const name = generatedName(template.stackName, logicalId, nameSuffix);
      created(logicalId, type, await create({ logicalId, name, properties: properties(logicalId) }));
    }
  }
}

function creatorOf(
  type: string,
  { clients, publicEndpoint }: CreationOptions,
): ((resource: NamedResource) => Promise<CreatedResource>) | undefined {
  switch (type) {
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return (resource) => createTable(clients.dynamodb, resource);
    case 'AWS::SQS::Queue':
      return (resource) => createQueue(clients.sqs, resource, publicEndpoint);
    case 'AWS::SNS::Topic':
      return (resource) => createTopic(clients.sns, resource);
    case 'AWS::SecretsManager::Secret':
      return (resource) => createSecret(clients.secretsmanager, resource);
    default:
      return undefined;
  }
}
