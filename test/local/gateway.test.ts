import {
  BatchExecuteStatementCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsClients, createAwsClients } from '../../local/aws/clients.ts';
import { type AwsServers, startAwsServers } from '../../local/aws/servers.ts';
import { type Gateway, startGateway } from '../../local/iam/gateway.ts';
import { compileStatement } from '../../local/iam/policy.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/ledger';
const queue = 'arn:aws:sqs:us-east-1:000000000000:runs';

let servers: AwsServers;
let administrator: AwsClients;
let gateway: Gateway;
let topicArn: string;
let secretArn: string;
let queueUrl: string;

beforeAll(async () => {
  servers = await startAwsServers({}, process.env.PATH ?? '');
  administrator = createAwsClients(servers.endpoints);
  await administrator.dynamodb.send(
    new CreateTableCommand({
      TableName: 'ledger',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await administrator.sqs.send(new CreateQueueCommand({ QueueName: 'runs' }));
  topicArn = (await administrator.sns.send(new CreateTopicCommand({ Name: 'results' }))).TopicArn ?? '';
  const secret = new CreateSecretCommand({ Name: 'segment', SecretString: 'value' });
  secretArn = (await administrator.secretsmanager.send(secret)).ARN ?? '';
  gateway = await startGateway({ endpoints: servers.endpoints, secretArn: () => secretArn });
  queueUrl = `${gateway.endpoint}/000000000000/runs`;
  admit('Allowed', [
    ['dynamodb:PartiQLInsert', table],
    ['dynamodb:PutItem', table],
    ['sns:Publish', topicArn],
    ['secretsmanager:GetSecretValue', secretArn],
    ['sqs:SendMessage', queue],
  ]);
  admit('Nothing', []);
});

afterAll(async () => {
  administrator?.destroy();
  await gateway?.stop();
  await servers?.stop();
});

function admit(accessKeyId: string, permissions: readonly (readonly [string, string])[]): void {
  gateway.admit({
    accessKeyId,
    functionName: accessKeyId,
    roleName: 'role',
    statements: permissions.map(([action, resource]) =>
      compileStatement({ Effect: 'Allow', Action: [action], Resource: [resource] }),
    ),
  });
}

/** The clients of a function, with the SDK's defaults. */
function clientsOf(accessKeyId: string): Omit<AwsClients, 'destroy'> {
  const options = {
    region: 'us-east-1',
    endpoint: gateway.endpoint,
    credentials: { accessKeyId, secretAccessKey: 'x', sessionToken: 'x' },
    maxAttempts: 1,
  };
  return {
    dynamodb: new DynamoDBClient(options),
    sqs: new SQSClient(options),
    sns: new SNSClient(options),
    secretsmanager: new SecretsManagerClient(options),
  };
}

const put = new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'a' } } });

describe('what a role permits', () => {
  it('reaches the servers: DynamoDB, PartiQL, SQS, SNS and Secrets Manager', async () => {
    const { dynamodb, sqs, sns, secretsmanager } = clientsOf('Allowed');
    await dynamodb.send(put);
    const statement = { Statement: `INSERT INTO "ledger" VALUE {'pk': 'b'}` };
    await dynamodb.send(new BatchExecuteStatementCommand({ Statements: [statement] }));
    const Entries = [{ Id: '1', MessageBody: 'one' }];
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'done & dusted' }));
    const { SecretString } = await secretsmanager.send(new GetSecretValueCommand({ SecretId: 'segment' }));
    expect(SecretString).toBe('value');
    for (const pk of ['a', 'b']) {
      const key = { TableName: 'ledger', Key: { pk: { S: pk } } };
      expect((await administrator.dynamodb.send(new GetItemCommand(key))).Item).toEqual({ pk: { S: pk } });
    }
    const received = await administrator.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(received.Messages?.map(({ Body }) => Body)).toEqual(['one']);
  });

  it('is counted', () => {
    expect(gateway.calls().allowed).toContainEqual({
      functionName: 'Allowed',
      action: 'dynamodb:PartiQLInsert',
      resource: table,
      count: 1,
    });
  });

  it('passes large requests and answers unchanged', async () => {
    const body = 'ü'.repeat(100_000);
    await clientsOf('Allowed').sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    const received = await administrator.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(received.Messages?.[0]?.Body).toBe(body);
  });
});

describe('what a role does not permit', () => {
  const sentence = (action: string, resource: string): string =>
    `User: arn:aws:sts::000000000000:assumed-role/role/Nothing is not authorized to perform: ${action} ` +
    `on resource: ${resource} because no identity-based policy allows the ${action} action`;

  it('is an AccessDeniedException of DynamoDB', async () => {
    await expect(clientsOf('Nothing').dynamodb.send(put)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('dynamodb:PutItem', table),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('is an AccessDenied of SQS', async () => {
    const send = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'x' });
    await expect(clientsOf('Nothing').sqs.send(send)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: sentence('sqs:SendMessage', queue),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('is an AuthorizationErrorException of SNS', async () => {
    const publish = new PublishCommand({ TopicArn: topicArn, Message: 'x' });
    await expect(clientsOf('Nothing').sns.send(publish)).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
      message: sentence('sns:Publish', topicArn),
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('is an AccessDeniedException of Secrets Manager', async () => {
    const get = new GetSecretValueCommand({ SecretId: secretArn });
    await expect(clientsOf('Nothing').secretsmanager.send(get)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: sentence('secretsmanager:GetSecretValue', secretArn),
    });
  });

  it('does not reach the server, not even as a part of a batch', async () => {
    const Statements = ['c', 'd'].map((pk) => ({
      Statement:
        pk === 'd' ? `DELETE FROM "ledger" WHERE pk='a'` : `INSERT INTO "ledger" VALUE {'pk': '${pk}'}`,
    }));
    await expect(
      clientsOf('Allowed').dynamodb.send(new BatchExecuteStatementCommand({ Statements })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const key = { TableName: 'ledger', Key: { pk: { S: 'c' } } };
    expect((await administrator.dynamodb.send(new GetItemCommand(key))).Item).toBeUndefined();
  });

  it('is counted, too', () => {
    expect(gateway.calls().refused).toContainEqual({
      functionName: 'Nothing',
      action: 'dynamodb:PutItem',
      resource: table,
      count: 1,
    });
  });
});

describe('the gateway', () => {
  it('refuses unknown callers', async () => {
    await expect(clientsOf('Stranger').dynamodb.send(put)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it('refuses a delay of more than 15 minutes, as SQS does', async () => {
    const send = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'x', DelaySeconds: 901 });
    await expect(clientsOf('Allowed').sqs.send(send)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message:
        'Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.',
    });
  });

  it('answers 503 when the server behind it has ended', async () => {
    const endpoints = { ...servers.endpoints, dynamodb: 'http://127.0.0.1:1' };
    const orphaned = await startGateway({ endpoints, secretArn: (id) => id });
    orphaned.admit({
      accessKeyId: 'Allowed',
      functionName: 'Allowed',
      roleName: 'role',
      statements: [compileStatement({ Effect: 'Allow', Action: ['*'], Resource: ['*'] })],
    });
    const credentials = { accessKeyId: 'Allowed', secretAccessKey: 'x' };
    const client = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: orphaned.endpoint,
      credentials,
      maxAttempts: 1,
    });
    await expect(client.send(put)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
    await orphaned.stop();
  });
});
