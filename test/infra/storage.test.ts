import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { resource } from './templateReader.ts';
import { testTemplate } from './testStack.ts';

const template = testTemplate();

describe('the ledger', () => {
  const { Properties } = resource(template, 'AWS::DynamoDB::Table');

  it('has the partition key pk and no other key', () => {
    expect(Properties.KeySchema).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }]);
    expect(Properties.AttributeDefinitions).toEqual([
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'day', AttributeType: 'S' },
      { AttributeName: 'receivedAtMs', AttributeType: 'N' },
      { AttributeName: 'lane', AttributeType: 'S' },
      { AttributeName: 'orderMs', AttributeType: 'N' },
    ]);
  });

  it('has an index of runs by arrival, with only the attributes that lists show', () => {
    expect(Properties.GlobalSecondaryIndexes).toContainEqual({
      IndexName: 'RunsByDay',
      KeySchema: [
        { AttributeName: 'day', KeyType: 'HASH' },
        { AttributeName: 'receivedAtMs', KeyType: 'RANGE' },
      ],
      Projection: {
        ProjectionType: 'INCLUDE',
        NonKeyAttributes: [
          'trigger',
          'state',
          'reason',
          'userId',
          'messageId',
          'creditsUsed',
          'creditsReserved',
          'attempts',
          'notBeforeMs',
          'updatedAtMs',
        ],
      },
    });
  });

  it('has an index of parked runs by lane, with only the attributes that a plan needs', () => {
    expect(Properties.GlobalSecondaryIndexes).toContainEqual({
      IndexName: 'Parked',
      KeySchema: [
        { AttributeName: 'lane', KeyType: 'HASH' },
        { AttributeName: 'orderMs', KeyType: 'RANGE' },
      ],
      Projection: {
        ProjectionType: 'INCLUDE',
        NonKeyAttributes: ['trigger', 'number', 'endsAtMs', 'credits'],
      },
    });
  });

  // An update of a stack creates one index at most.
  it('has one index more than the release before', () => {
    expect(Properties.GlobalSecondaryIndexes).toHaveLength(2);
  });

  it('has on-demand capacity', () => {
    expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('deletes items after expiresAt', () => {
    expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  it('can be restored to any second, and is encrypted', () => {
    expect(Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    expect(Properties.SSESpecification).toEqual({ SSEEnabled: true });
  });
});

describe.each(['RunQueueRuns', 'BulkQueue', 'ReadyQueue', 'RunQueueDeadLetters'])('the queue %s', (name) => {
  const queue = resource(template, 'AWS::SQS::Queue', name);

  it('is encrypted and keeps messages for 14 days', () => {
    expect(queue.Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
  });

  it('refuses requests without TLS', () => {
    expect(resource(template, 'AWS::SQS::QueuePolicy', name).Properties).toMatchObject({
      Queues: [{ Ref: queue.id }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Action: 'sqs:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });
});

describe.each(['RunQueueRuns', 'BulkQueue', 'ReadyQueue'])('the queue of runs %s', (name) => {
  it.each([{}, { maveraTimeout: '1s' }, { maveraTimeout: '290s' }])(
    'hides a message for six times the timeout of the runner (%o)',
    (context) => {
      const custom = testTemplate(context);
      const { Timeout } = resource(custom, 'AWS::Lambda::Function', 'Runner').Properties;
      const { VisibilityTimeout } = resource(custom, 'AWS::SQS::Queue', name).Properties;
      expect(VisibilityTimeout).toBe(6 * Number(Timeout));
    },
  );

  it('hides a message for as long as the setting says', () => {
    const custom = resource(testTemplate({ runQueueVisibilityTimeout: '1h' }), 'AWS::SQS::Queue', name);
    expect(custom.Properties.VisibilityTimeout).toBe(3_600);
  });

  it('does not dead-letter a run by itself while deliveries are throttled for a day', () => {
    const deadLetters = resource(template, 'AWS::SQS::Queue', 'RunQueueDeadLetters');
    expect(resource(template, 'AWS::SQS::Queue', name).Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
      maxReceiveCount: 100,
    });
    const { VisibilityTimeout } = resource(template, 'AWS::SQS::Queue', name).Properties;
    expect(100 * Number(VisibilityTimeout)).toBeGreaterThan(86_400);
  });
});

describe('the results topic', () => {
  const topic = resource(template, 'AWS::SNS::Topic');

  it('is encrypted with the key that AWS manages for SNS', () => {
    expect(topic.Properties.KmsMasterKeyId).toBe('alias/aws/sns');
  });

  it('signs what it posts to webhooks with SHA-256', () => {
    expect(topic.Properties.SignatureVersion).toBe('2');
  });

  it('refuses requests to publish without TLS', () => {
    expect(resource(template, 'AWS::SNS::TopicPolicy').Properties).toMatchObject({
      Topics: [{ Ref: topic.id }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Action: 'sns:Publish',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });
});

describe('the secrets', () => {
  // Exactly this: if any of it changes, CloudFormation replaces the value, and every request of Segment is refused.
  it("have Segment's shared secret generated, of letters and digits", () => {
    expect(
      resource(template, 'AWS::SecretsManager::Secret', 'Segment').Properties.GenerateSecretString,
    ).toEqual({
      SecretStringTemplate: '{}',
      GenerateStringKey: 'sharedSecret',
      PasswordLength: 48,
      ExcludePunctuation: true,
    });
  });

  it("have no value for Mavera's key", () => {
    const { Properties } = resource(template, 'AWS::SecretsManager::Secret', 'Mavera');
    expect(Object.keys(Properties).sort()).toEqual(['Description', 'Name']);
  });

  it.each([
    ['', 'mavera-triggers/segment', 'mavera-triggers/mavera'],
    ['staging', 'mavera-triggers/staging/segment', 'mavera-triggers/staging/mavera'],
  ])('have readable names (environmentName "%s")', (environmentName, segment, mavera) => {
    const custom = testTemplate({ environmentName });
    expect(nameOf(custom, 'Segment')).toBe(segment);
    expect(nameOf(custom, 'Mavera')).toBe(mavera);
  });
});

describe('deleting the stack', () => {
  const holdsData = /^AWS::(?:DynamoDB::Table|SQS::Queue|SecretsManager::Secret|Logs::LogGroup)$/;

  /** The resources that hold data, by logical id. */
  function dataOf(removalPolicy: string): readonly [string, ReturnType<typeof resource>][] {
    const { Resources: resources } = testTemplate({ removalPolicy }).toJSON();
    return Object.entries(resources as Record<string, ReturnType<typeof resource>>).filter(
      ([id, { Type }]) => holdsData.test(Type) && !id.startsWith('DispatchQueue'),
    );
  }

  it.each([
    ['retain', 'RetainExceptOnCreate', 'Retain'],
    ['destroy', 'Delete', 'Delete'],
  ])(
    'with removalPolicy %s treats everything that holds data alike',
    (removalPolicy, deletion, replacement) => {
      const data = dataOf(removalPolicy);
      expect(data).toHaveLength(10);
      for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of data) {
        const isNewQueue = /^(?:Bulk|Ready)Queue/.test(id);
        const deletionOfThis = isNewQueue && deletion !== 'Delete' ? 'Retain' : deletion;
        expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, deletionOfThis, replacement]);
      }
    },
  );

  it.each(['BulkQueue', 'ReadyQueue'])(
    'or rolling back the update that created it keeps the %s with the runs that a new runner put there',
    (name) => {
      expect(resource(template, 'AWS::SQS::Queue', name).DeletionPolicy).toBe('Retain');
    },
  );
});

function nameOf(from: Template, idStart: string): unknown {
  return resource(from, 'AWS::SecretsManager::Secret', idStart).Properties.Name;
}
