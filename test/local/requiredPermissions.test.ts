import { describe, expect, it } from 'vitest';
import { requestCredential, requiredPermissions } from '../../local/iam/awsRequest.ts';
import { partiqlTarget } from '../../local/iam/partiqlStatement.ts';
import { sqsLimitExceeded } from '../../local/iam/sqsLimits.ts';

const table = (name: string): string => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
const secretArn = (id: string): string => `arn:secret:${id}`;

function dynamodb(operation: string, body: object): readonly string[] {
  return permissions('dynamodb', `DynamoDB_20120810.${operation}`, body);
}

function permissions(
  service: 'dynamodb' | 'sqs' | 'secretsmanager',
  target: string,
  body: object,
): readonly string[] {
  return requiredPermissions({ service, target, body: JSON.stringify(body) }, secretArn).map(
    ({ action, resource }) => `${action} ${resource}`,
  );
}

describe('the permissions that a DynamoDB call needs', () => {
  it.each(['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'DescribeTable'])('%s', (operation) => {
    expect(dynamodb(operation, { TableName: 'ledger' })).toEqual([
      `dynamodb:${operation} ${table('ledger')}`,
    ]);
  });

  it('name the index that is read', () => {
    expect(dynamodb('Query', { TableName: 'ledger', IndexName: 'by-user' })).toEqual([
      `dynamodb:Query ${table('ledger')}/index/by-user`,
    ]);
  });

  it('accept the ARN of a table', () => {
    expect(dynamodb('GetItem', { TableName: table('ledger') })).toEqual([
      `dynamodb:GetItem ${table('ledger')}`,
    ]);
  });

  it('are one for each table of a batch', () => {
    expect(dynamodb('BatchGetItem', { RequestItems: { a: {}, b: {} } })).toEqual([
      `dynamodb:BatchGetItem ${table('a')}`,
      `dynamodb:BatchGetItem ${table('b')}`,
    ]);
    expect(dynamodb('BatchWriteItem', { RequestItems: { a: [] } })).toEqual([
      `dynamodb:BatchWriteItem ${table('a')}`,
    ]);
  });

  it('are those of each element of a transaction', () => {
    const TransactItems = ['Put', 'Update', 'Delete', 'ConditionCheck'].map((kind) => ({
      [kind]: { TableName: 'ledger' },
    }));
    expect(dynamodb('TransactWriteItems', { TransactItems })).toEqual([
      `dynamodb:PutItem ${table('ledger')}`,
      `dynamodb:UpdateItem ${table('ledger')}`,
      `dynamodb:DeleteItem ${table('ledger')}`,
      `dynamodb:ConditionCheckItem ${table('ledger')}`,
    ]);
    expect(dynamodb('TransactGetItems', { TransactItems: [{ Get: { TableName: 'ledger' } }] })).toEqual([
      `dynamodb:GetItem ${table('ledger')}`,
    ]);
  });

  it('are those of each PartiQL statement, without repeats', () => {
    const insert = { Statement: `INSERT INTO "ledger" VALUE {'pk': ?}` };
    expect(dynamodb('ExecuteStatement', insert)).toEqual([`dynamodb:PartiQLInsert ${table('ledger')}`]);
    expect(
      dynamodb('BatchExecuteStatement', {
        Statements: [insert, insert, { Statement: `UPDATE "ledger" SET a=? WHERE pk=?` }],
      }),
    ).toEqual([`dynamodb:PartiQLInsert ${table('ledger')}`, `dynamodb:PartiQLUpdate ${table('ledger')}`]);
    expect(
      dynamodb('ExecuteTransaction', {
        TransactStatements: [{ Statement: `DELETE FROM "ledger" WHERE pk=?` }],
      }),
    ).toEqual([`dynamodb:PartiQLDelete ${table('ledger')}`]);
  });

  it('are at least one, so that a call that cannot be read is refused', () => {
    expect(dynamodb('TransactWriteItems', { TransactItems: 'nonsense' })).toEqual([
      'dynamodb:TransactWriteItems *',
    ]);
    expect(dynamodb('ListTables', {})).toEqual(['dynamodb:ListTables *']);
    expect(dynamodb('ExecuteStatement', { Statement: 'nonsense' })).toEqual(['dynamodb:PartiQLSelect *']);
  });
});

describe('a PartiQL statement', () => {
  it.each([
    [`INSERT INTO "ledger" VALUE {'pk': 'a'}`, { verb: 'Insert', table: 'ledger' }],
    [`insert into ledger value {'pk': 'a'}`, { verb: 'Insert', table: 'ledger' }],
    [`  UPDATE "my.table" SET x = 'FROM "other"' WHERE pk = ?`, { verb: 'Update', table: 'my.table' }],
    [`DELETE FROM "ledger" WHERE pk = ?`, { verb: 'Delete', table: 'ledger' }],
    [`SELECT * FROM "ledger"."by-user" WHERE u = ?`, { verb: 'Select', table: 'ledger', index: 'by-user' }],
    [`SELECT pk,\n  state\nFROM ledger`, { verb: 'Select', table: 'ledger' }],
    [`EXISTS(SELECT * FROM "ledger" WHERE pk = ?)`, { verb: 'Select', table: 'ledger' }],
    ['DROP TABLE ledger', undefined],
  ])('%s', (statement, target) => {
    expect(partiqlTarget(statement)).toEqual(target);
  });
});

describe('the permissions that other calls need', () => {
  const queue = 'arn:aws:sqs:us-east-1:000000000000:runs';
  const QueueUrl = 'http://127.0.0.1:4321/000000000000/runs';

  it.each([
    ['SendMessage', 'sqs:SendMessage'],
    ['SendMessageBatch', 'sqs:SendMessage'],
    ['ReceiveMessage', 'sqs:ReceiveMessage'],
    ['DeleteMessageBatch', 'sqs:DeleteMessage'],
    ['ChangeMessageVisibilityBatch', 'sqs:ChangeMessageVisibility'],
  ])('SQS %s', (operation, action) => {
    expect(permissions('sqs', `AmazonSQS.${operation}`, { QueueUrl })).toEqual([`${action} ${queue}`]);
  });

  it('SQS with the name of a queue, or without', () => {
    expect(permissions('sqs', 'AmazonSQS.GetQueueUrl', { QueueName: 'runs' })).toEqual([
      `sqs:GetQueueUrl ${queue}`,
    ]);
    expect(permissions('sqs', 'AmazonSQS.ListQueues', {})).toEqual(['sqs:ListQueues *']);
  });

  it.each(['Publish', 'PublishBatch'])('SNS %s', (operation) => {
    const body = new URLSearchParams({ Action: operation, TopicArn: 'arn:topic' }).toString();
    expect(requiredPermissions({ service: 'sns', target: undefined, body }, secretArn)).toEqual([
      { action: 'sns:Publish', resource: 'arn:topic' },
    ]);
  });

  it('Secrets Manager, on the ARN also for a name', () => {
    expect(permissions('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: 'segment' })).toEqual([
      'secretsmanager:GetSecretValue arn:secret:segment',
    ]);
  });
});

describe('the credential of a request', () => {
  it('names the caller and the service', () => {
    const header =
      'AWS4-HMAC-SHA256 Credential=LOCALReceiver/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
    expect(requestCredential(header)).toEqual({ accessKeyId: 'LOCALReceiver', service: 'sqs' });
  });

  it.each([undefined, '', 'Bearer token'])('is missing in %s', (header) => {
    expect(requestCredential(header)).toBeUndefined();
  });
});

describe('a delay of more than 15 minutes', () => {
  it('is refused, as AWS does, for a message alone and in a batch', () => {
    expect(sqsLimitExceeded(JSON.stringify({ MessageBody: 'x', DelaySeconds: 901 }))).toContain('901');
    expect(sqsLimitExceeded(JSON.stringify({ Entries: [{ Id: '1', DelaySeconds: 1000 }] }))).toContain(
      '1000',
    );
  });

  it('is allowed inside a message body', () => {
    const MessageBody = JSON.stringify({ DelaySeconds: 901 });
    expect(sqsLimitExceeded(JSON.stringify({ MessageBody, DelaySeconds: 900 }))).toBeUndefined();
  });
});
