import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { localCredentials } from '../../../local/account/account.ts';
import { type AwsClients, createAwsClients } from '../../../local/aws/clients.ts';
import type { Endpoints } from '../../../local/aws/endpoints.ts';
import { startAwsServers } from '../../../local/aws/servers.ts';
import { sharedSecret } from '../load/functionUrlEvent.ts';
import { handlerEnvironment, type Resources } from './handlerEnvironment.ts';

/** Emulated DynamoDB, SQS and Secrets Manager, in other processes than the handlers. */
export interface BenchAws {
  /** The environment of a handler with its own table and queue. */
  environmentFor(name: string, partitionKey: 'pk' | 'id'): Promise<Readonly<Record<string, string>>>;
  /** The environment of a handler on an existing table, with its own queue. */
  environmentOn(tableName: string): Promise<Readonly<Record<string, string>>>;
  /** Where the emulators are. */
  readonly endpoints: Endpoints;
  stop(): Promise<void>;
}

/**
 * Starts the emulators and puts the shared secret into them.
 *
 * @param path the PATH to look for the emulator of DynamoDB on
 * @param given servers to use instead of the emulators
 * @throws LocalSystemError when one does not start
 */
export async function startBenchAws(path: string, given: Partial<Endpoints> = {}): Promise<BenchAws> {
  const servers = await startAwsServers(given, path);
  const clients = createAwsClients(servers.endpoints);
  const SecretString = JSON.stringify({ sharedSecret });
  const command = new CreateSecretCommand({ Name: 'segment', SecretString });
  const { ARN: secretArn = '' } = await clients.secretsmanager.send(command);
  const environmentOn: BenchAws['environmentOn'] = async (tableName) => {
    const queueUrl = await createQueue(clients, servers.endpoints, tableName);
    return emulatedEnvironment({ tableName, queueUrl, secretArn }, servers.endpoints);
  };
  return {
    environmentFor: async (name, partitionKey) =>
      await environmentOn(await createTable(clients, name, partitionKey)),
    environmentOn,
    endpoints: servers.endpoints,
    stop: async () => {
      clients.destroy();
      await servers.stop();
    },
  };
}

async function createTable(
  { dynamodb }: AwsClients,
  TableName: string,
  AttributeName: string,
): Promise<string> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName, AttributeType: 'S' }],
      KeySchema: [{ AttributeName, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1 }, { TableName });
  return TableName;
}

async function createQueue({ sqs }: AwsClients, endpoints: Endpoints, QueueName: string): Promise<string> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return `${endpoints.sqs}${new URL(QueueUrl).pathname}`;
}

function emulatedEnvironment(resources: Resources, endpoints: Endpoints): Readonly<Record<string, string>> {
  return {
    ...handlerEnvironment(resources),
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
  };
}
