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
  /** The SQS endpoint of the functions. */
  readonly publicEndpoint: string;
  /** The suffix of names that the template does not set. */
  readonly nameSuffix: string;
  /** The properties of a resource, with every intrinsic function resolved. */
  properties(logicalId: string): unknown;
  /** Called with a new resource's `Ref` and `Fn::GetAtt` values, before resources that refer to it are made. */
  created(logicalId: string, type: string, resource: CreatedResource): void;
}

/**
 * Makes the template's tables, queues, topics and secrets on the servers, in the order of their references.
 *
 * @throws {LocalSystemError} for a property that the local system does not support.
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
